import { afterEach, expect, it, vi } from "vitest";
import { LookupPool } from "../../../sdk/names/lookup-pool.ts";
import { LookupProcess, type LookupProcessOptions } from "../../../sdk/names/lookup-process.ts";
import { checkLeaks } from "../../support/leaks.ts";

checkLeaks();
afterEach(() => vi.useRealTimers());

const { signal } = new AbortController();

/** A process that does what the test says. */
class FakeProcess {
  readonly options: LookupProcessOptions;
  isReady = false;
  isIdle = true;
  hasEnded = false;
  hasRoom = false;

  constructor(options: LookupProcessOptions) {
    this.options = options;
  }

  lookup = () => new Promise<never>(() => {});

  begin(): void {
    this.isReady = true;
    this.hasRoom = true;
    this.options.onReady();
  }

  end(): void {
    this.hasEnded = true;
    this.hasRoom = false;
    this.options.onEnd("SIGABRT");
  }

  [Symbol.dispose](): void {
    this.hasEnded = true;
    this.hasRoom = false;
  }
}

function createPool() {
  const started: FakeProcess[] = [];
  const said: string[] = [];
  const clock = { now: 0 };
  const pool = new LookupPool({
    warn: (line) => said.push(line),
    now: () => clock.now,
    start: (options) => {
      const process = new FakeProcess(options);
      started.push(process);
      return process;
    },
  });
  const slots = () => started.map(({ options }) => options.slots);
  return { pool, started, said, clock, slots };
}

it("starts a small process for a few names, and large ones for many", () => {
  const few = createPool();
  few.pool.prepare(3);
  few.pool.prepare(5);
  expect(few.slots()).toEqual([64]);
  few.started[0]?.begin();
  few.pool.prepare(1);
  expect(few.slots()).toEqual([64, 512]);
  const many = createPool();
  many.pool.prepare(900);
  expect(many.slots()).toEqual([512, 512]);
  for (const { pool } of [few, many]) pool[Symbol.dispose]();
});

it("starts small processes where a large one gets too few threads, and rests if they fail too", () => {
  const { pool, started, said, clock, slots } = createPool();
  pool.prepare(300);
  started[0]?.end();
  pool.prepare(300);
  expect(slots().slice(0, 3)).toEqual([512, 64, 64]);
  for (const process of started.slice(1)) process.end();
  expect(pool.canAsk).toBe(false);
  expect(said.at(-1)).toBe(
    "the process that asks for names ended: SIGABRT; for a minute few names are asked for at a time",
  );
  clock.now = 60_000;
  expect(pool.canAsk).toBe(true);
  pool[Symbol.dispose]();
});

it("ends a process that nobody has asked for five minutes", () => {
  vi.useFakeTimers();
  const { pool, started, clock } = createPool();
  pool.prepare(1);
  started[0]?.begin();
  const pass = (ms: number) => {
    clock.now += ms;
    vi.advanceTimersByTime(ms);
  };
  pass(4 * 60_000);
  void pool.lookup("a", 0, signal);
  pass(5 * 60_000);
  expect(started[0]?.hasEnded).toBe(false);
  pass(60_000);
  expect([started[0]?.hasEnded, pool.isRunning]).toEqual([true, false]);
  pool[Symbol.dispose]();
});

/** A process of Perl in place of ours: it answers what the test has it say. */
function startProcess(program: string, slots = 4) {
  const said = { ready: Promise.withResolvers<void>(), ended: Promise.withResolvers<string>() };
  const process = new LookupProcess({
    slots,
    onReady: said.ready.resolve,
    onEnd: said.ended.resolve,
    command: ["perl", "-e", `$| = 1; print "ready\\n"; ${program}`],
  });
  return { process, ready: said.ready.promise, ended: said.ended.promise };
}

it("a process asks getaddrinfo, whatever the name", async () => {
  const ready = Promise.withResolvers<void>();
  using process = new LookupProcess({ slots: 2, onReady: ready.resolve, onEnd: () => {} });
  await ready.promise;
  const asked = ["localhost", "127.1", "a b\nc"].map((host) => process.lookup(host, 4, signal));
  expect(await Promise.all(asked)).toMatchObject([
    { kind: "found", addresses: expect.arrayContaining([{ address: "127.0.0.1", family: 4 }]) },
    { kind: "found", addresses: [{ address: "127.0.0.1", family: 4 }] },
    { kind: "failed", error: { message: "Name or service not known" } },
  ]);
});

it("an answer may have addresses of both families, and come in pieces", async () => {
  const { process, ready } = startProcess(
    '<STDIN>; for (split //, "1 12.5 127.0.0.1 ::1\\n") { print }; <STDIN>',
  );
  using _ = process;
  await ready;
  expect(await process.lookup("a", 0, signal)).toEqual({
    kind: "found",
    tookMs: 12.5,
    addresses: [
      { address: "127.0.0.1", family: 4 },
      { address: "::1", family: 6 },
    ],
  });
});

it("a process of which half of the slots are lost is asked no more, and ends with its last answer", async () => {
  const { process, ready } = startProcess(
    '<STDIN>; <STDIN>; $_ = <STDIN>; sleep 1; print "3 1 ::1\\n"; <STDIN>',
  );
  using _ = process;
  await ready;
  const leaving = new AbortController();
  const lost = ["a", "b"].map((host) => process.lookup(host, 0, leaving.signal));
  const last = process.lookup("c", 0, signal);
  expect(process.hasRoom).toBe(true);
  leaving.abort(new Error("time is up"));
  await Promise.allSettled(lost);
  expect([process.hasRoom, process.hasEnded]).toEqual([false, false]);
  expect(await last).toMatchObject({ kind: "found" });
  expect(process.hasEnded).toBe(true);
});

it("a slot whose caller has left is free again when getaddrinfo has returned", async () => {
  const { process, ready } = startProcess('<STDIN>; <STDIN>; print "1 1 ::1\\n2 1 ::1\\n"; <STDIN>');
  using _ = process;
  await ready;
  const leaving = new AbortController();
  const lost = process.lookup("a", 0, leaving.signal);
  leaving.abort(new Error("time is up"));
  await expect(lost).rejects.toThrow("time is up");
  expect(process.isIdle).toBe(true);
  await process.lookup("b", 0, signal);
  expect([process.isIdle, process.hasRoom]).toEqual([true, true]);
});

it("a process that ends leaves its names unanswered, and says why", async () => {
  const { process, ready, ended } = startProcess('<STDIN>; die "no threads\\n"');
  await ready;
  await expect(process.lookup("a", 0, signal)).rejects.toThrow();
  expect(await ended).toContain("no threads");
  expect([process.hasRoom, process.hasEnded]).toEqual([false, true]);
});
