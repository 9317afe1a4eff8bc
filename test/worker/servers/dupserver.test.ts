import { afterEach, describe, expect, it, vi } from "vitest";
import { JobServer } from "../../../src/gearman/job-server/job-server.ts";
import type { Parcel } from "../../../src/result/outbox.ts";
import { LogThrottle } from "../../../src/worker/log-throttle.ts";
import { Dupserver, type DupserverOptions } from "../../../src/worker/servers/dupserver.ts";
import { freePort } from "../../support/free-port.ts";
import { Actors, textOf, until, untilStatus } from "../../support/gearman/actors.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { stubLog } from "../../support/stub-log.ts";

const HOST = "127.0.0.1";
const QUEUE = "check_results";

checkLeaks();
const actors = new Actors();
afterEach(() => actors.stop());

function parcel(text: string): Parcel {
  return { queue: QUEUE, workload: Buffer.from(text), server: "gearmand.example.org:4730" };
}

function startDupserver(port: number, limit = 1_000, more: Partial<DupserverOptions> = {}) {
  const log = stubLog();
  const server = { host: HOST, port };
  const dupserver = actors.add(
    new Dupserver({
      server,
      limit,
      log,
      throttle: new LogThrottle(log),
      ...more,
    }),
  );
  dupserver.start();
  return { dupserver, log };
}

async function startServer(port = 0): Promise<JobServer> {
  const server = actors.add(new JobServer({ port }));
  await server.start();
  return server;
}

/** The copies a core at the dupserver takes, in their order. */
async function taken(port: number, count: number): Promise<readonly string[]> {
  const { jobs } = actors.worker({ host: HOST, port }, [QUEUE]);
  const copies = await jobs.take(count);
  for (const copy of copies) copy.complete();
  return copies.map(textOf);
}

describe("a dupserver", () => {
  it("gets a copy of every result, wherever the job came from", async () => {
    const { port } = await startServer();
    const { dupserver, log } = startDupserver(port);
    for (const text of ["a", "b", "c"]) dupserver.send(parcel(text));
    expect(await taken(port, 3)).toEqual(["a", "b", "c"]);
    expect(log.error).not.toHaveBeenCalled();
  });

  it("gets what it has missed, in order, when it is there at last", async () => {
    const port = await freePort();
    const { dupserver } = startDupserver(port);
    for (const text of ["a", "b"]) dupserver.send(parcel(text));
    await startServer(port);
    expect(await taken(port, 2)).toEqual(["a", "b"]);
  });

  it("gets both of two that are equal", async () => {
    const { port } = await startServer();
    const { dupserver } = startDupserver(port);
    for (let i = 0; i < 2; i++) dupserver.send(parcel("same"));
    expect(await taken(port, 2)).toEqual(["same", "same"]);
  });

  it("takes the copies of two workers apart", async () => {
    const { port } = await startServer();
    const workers = [startDupserver(port), startDupserver(port)];
    for (const { dupserver } of workers) dupserver.send(parcel("same"));
    await untilStatus({ host: HOST, port }, QUEUE, { total: 2 });
  });
});

it("a dupserver that is there gets its copies, even if none are to be kept while it is away", async () => {
  const { port } = await startServer();
  const { dupserver } = startDupserver(port, 0);
  const sending = setInterval(() => dupserver.send(parcel("a")), 5);
  const { jobs } = actors.worker({ host: HOST, port }, [QUEUE]);
  expect(textOf(await jobs.next())).toBe("a");
  clearInterval(sending);
});

describe("a dupserver that is away", () => {
  it("gets no copy that has waited too long", async () => {
    const port = await freePort();
    const { dupserver } = startDupserver(port, 10, { maxAge: () => 0.001 });
    dupserver.send(parcel("old"));
    await until(() => expect(dupserver.status.waiting).toBe(0));
    await startServer(port);
    await until(() => expect(dupserver.status.isConnected).toBe(true));
    dupserver.send(parcel("new"));
    expect(await taken(port, 1)).toEqual(["new"]);
  });

  it("costs the newest copies beyond the limit, and the log says so once", async () => {
    const port = await freePort();
    const { dupserver, log } = startDupserver(port, 2);
    for (const text of ["a", "b", "lost", "lost, too"]) dupserver.send(parcel(text));
    expect(log.error.mock.calls).toEqual([
      [{}, `dupserver ${HOST}:${port} takes no results: its copy is lost, 2 are waiting`],
    ]);
    await startServer(port);
    const { jobs } = actors.worker({ host: HOST, port }, [QUEUE]);
    expect((await jobs.take(2)).map(textOf)).toEqual(["a", "b"]);
    dupserver.send(parcel("c"));
    expect(textOf(await jobs.next())).toBe("c");
  });

  it("costs copies beyond a size, too", async () => {
    const { dupserver, log } = startDupserver(await freePort(), 100, { mostBytes: 10 });
    for (const text of ["12345", "67890", "lost"]) dupserver.send(parcel(text));
    expect(dupserver.status.waiting).toBe(2);
    expect(log.error).toHaveBeenCalledOnce();
  });

  it("does not keep the worker from stopping, nor is a copy left behind an error", async () => {
    const { dupserver } = startDupserver(await freePort());
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    dupserver.send(parcel("a"));
    await dupserver.stop();
    dupserver.send(parcel("after the stop"));
    await new Promise(setImmediate);
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it("is tried again until it is back", async () => {
    const first = await startServer();
    const { port } = first;
    const { dupserver } = startDupserver(port);
    dupserver.send(parcel("before"));
    await untilStatus({ host: HOST, port }, QUEUE, { total: 1 });
    await first.stop();
    dupserver.send(parcel("meanwhile"));
    await startServer(port);
    expect(await taken(port, 1)).toEqual(["meanwhile"]);
  });
});
