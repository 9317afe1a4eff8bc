import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { DestinationPool } from "../../../../plugins/ssh/client/destination-pool.ts";
import { MultiplexedConnection } from "../../../../plugins/ssh/client/multiplexed-connection.ts";
import { Admission } from "../../../../sdk/admission.ts";
import { CheckDeclined, withinSeconds } from "../../../../sdk/index.ts";

const COMMAND = { text: "a command", environment: {} };
const MINUTE = 60_000;
const stageMs = MINUTE;
const never = { signal: new AbortController().signal, stageMs };

class Channel extends PassThrough {
  readonly stderr = new PassThrough();
  close(): void {
    this.stderr.end();
    this.emit("exit", 0);
    this.once("end", () => this.emit("close")).end();
  }
}

/** A login whose commands end when the test says so. */
class FakeClient extends EventEmitter {
  readonly channels: Channel[] = [];
  readonly stream = new PassThrough().on("close", () => this.emit("close")).resume();
  readonly connection = new MultiplexedConnection(
    this,
    { stream: this.stream, received: () => this.channels.length },
    { printed: "", host: "h" },
  );

  exec(_: string, __: object, callback: (error: undefined, channel: Channel) => void): void {
    const channel = new Channel();
    this.channels.push(channel);
    callback(undefined, channel);
  }
  forwardOut(): void {}
  end(): void {}

  /** Ends all commands. */
  finish(): void {
    for (const channel of this.channels) channel.close();
  }
}

function createPool(clients: readonly FakeClient[] = [new FakeClient()]) {
  const rest = clients.values();
  const pool = new DestinationPool({
    open: async () => rest.next().value?.connection ?? Promise.reject(new CheckDeclined("no more")),
    log: () => {},
  });
  return { pool, clients, isClosed: (at: number) => clients[at]?.stream.destroyed };
}

/** A pool on which a command has run. */
async function createUsedPool() {
  const client = new FakeClient();
  const used = createPool([client, new FakeClient()]);
  const running = used.pool.execute(COMMAND, never);
  await expect.poll(() => client.channels.length).toBe(1);
  return { ...used, client, running };
}

describe("a connection", () => {
  it("is kept for the next check in five minutes, and ended when none comes", async () => {
    const { pool, client, running, isClosed } = await createUsedPool();
    client.finish();
    await running;
    pool.sweep(performance.now() + 5 * MINUTE);
    expect(isClosed(0)).toBe(false);
    pool.sweep(performance.now() + 6 * MINUTE);
    expect([isClosed(0), pool.isEmpty]).toEqual([true, true]);
  });

  it("is ended after ten minutes at most, when its commands have ended", async () => {
    const { pool, client, running, isClosed } = await createUsedPool();
    pool.sweep(performance.now() + 7 * MINUTE);
    const second = pool.execute(COMMAND, never);
    await expect.poll(() => client.channels.length).toBe(2);
    pool.sweep(performance.now() + 10 * MINUTE);
    expect(isClosed(0)).toBe(false);
    client.finish();
    await Promise.all([running, second]);
    expect(isClosed(0)).toBe(true);
  });

  it("is ended when its pool is retired, when its commands have ended", async () => {
    const { pool, client, running, isClosed } = await createUsedPool();
    pool.retire();
    expect(isClosed(0)).toBe(false);
    client.finish();
    await running;
    expect([isClosed(0), pool.isEmpty]).toEqual([true, true]);
  });

  it("is made for a check that waited when the pool was retired, and ended after it", async () => {
    const client = new FakeClient();
    const { pool, isClosed } = createPool([client]);
    const running = pool.execute(COMMAND, never);
    pool.retire();
    await expect.poll(() => client.channels.length).toBe(1);
    client.finish();
    await running;
    expect([isClosed(0), pool.isEmpty]).toEqual([true, true]);
  });

  it("is opened only as long as a check waits for it", async () => {
    const opening = Promise.withResolvers<never>();
    const opened: AbortSignal[] = [];
    const pool = new DestinationPool({
      open: ({ signal }) => {
        opened.push(signal);
        return opening.promise;
      },
      log: () => {},
    });
    const [first, second] = [new AbortController(), new AbortController()];
    const checks = [
      pool.execute(COMMAND, { signal: first.signal, stageMs }),
      pool.execute(COMMAND, { signal: second.signal, stageMs }),
    ];
    first.abort(new Error("first is late"));
    await expect(checks[0]).rejects.toThrow("first is late");
    expect(opened.map(({ aborted }) => aborted)).toEqual([false]);
    second.abort(new Error("second is late"));
    await expect(checks[1]).rejects.toThrow("second is late");
    expect([opened[0]?.aborted, pool.isEmpty]).toEqual([true, true]);
  });

  it("that cannot be made is reported to all checks that wait for it", async () => {
    const { pool } = createPool([]);
    const checks = [pool.execute(COMMAND, never), pool.execute(COMMAND, never)];
    for (const check of checks) await expect(check).rejects.toThrow("no more");
    expect(pool.isEmpty).toBe(true);
  });
});

it("commands keep their time while their login waits inside the worker", async () => {
  using admission = new Admission({ name: "ssh logins", most: 1, countsForMs: MINUTE });
  const place = await admission.enter(never.signal);
  const client = new FakeClient();
  using pool = new DestinationPool({
    async open({ signal }) {
      using _place = await admission.enter(signal);
      return client.connection;
    },
    log: () => {},
  });
  const onTimeout = () => new Error("too late");
  const run = () =>
    withinSeconds({ seconds: 2, onTimeout }, (signal) => pool.execute(COMMAND, { signal, stageMs }));
  const runs = [run(), run()];
  await pause(50);
  runs.push(run());
  await pause(2_500);
  place[Symbol.dispose]();
  await expect.poll(() => client.channels.length, { interval: 1 }).toBe(3);
  client.finish();
  expect((await Promise.all(runs)).map(({ kind }) => kind)).toEqual(["ran", "ran", "ran"]);
});
