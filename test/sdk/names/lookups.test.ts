import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it, vi } from "vitest";
import { type Address, CheckDeclined, ResolveError } from "../../../sdk/index.ts";
import { type Answer, LookupProcessEnded } from "../../../sdk/names/lookup-process.ts";
import { Lookups } from "../../../sdk/names/lookups.ts";
import { Resolver } from "../../../sdk/resolve.ts";
import { checkLeaks } from "../../support/leaks.ts";

checkLeaks();

const HERE: readonly Address[] = [{ address: "127.0.0.1", family: 4 }];
const QUICK: Answer = { kind: "found", addresses: HERE, tookMs: 3 };
const { signal } = new AbortController();

interface Asked<Value> {
  readonly host: string;
  readonly signal?: AbortSignal;
  readonly answer: PromiseWithResolvers<Value>;
}

/** Processes that answer when the test says so. */
class FakePool {
  readonly asked: Asked<Answer>[] = [];
  readonly prepared: number[] = [];
  isReady = false;
  isRunning = false;
  canAsk = true;
  onChange: () => void = () => {};

  prepare(names: number): void {
    this.prepared.push(names);
    this.isRunning = true;
  }

  lookup(host: string, _: unknown, signal: AbortSignal): Promise<Answer> {
    const answer = Promise.withResolvers<Answer>();
    signal.addEventListener("abort", () => answer.reject(signal.reason));
    this.asked.push({ host, signal, answer });
    return answer.promise;
  }

  /** A process may be asked now. */
  begin(): void {
    this.isReady = true;
    this.onChange();
  }

  get hosts(): readonly string[] {
    return this.asked.map(({ host }) => host);
  }
}

/** Lookups with two threads, which answer when the test says so. */
function createLookups() {
  const pool = new FakePool();
  const threads: Asked<readonly Address[]>[] = [];
  const said: string[] = [];
  const clock = { now: 0 };
  const ask = (host: string) => {
    const answer = Promise.withResolvers<readonly Address[]>();
    threads.push({ host, answer });
    return answer.promise;
  };
  const options = { ask, now: () => clock.now, warn: (line: string) => said.push(line), processes: pool };
  const lookups = new Lookups(options);
  const start = (...hosts: string[]) => hosts.map((host) => lookups.start(host, 0, signal));
  return { lookups, pool, threads, said, clock, start };
}

it("names that were quick are asked for on the threads, and no process is started", async () => {
  const { pool, threads, start } = createLookups();
  for (const host of ["a", "b"]) {
    const [lookup] = start(host);
    threads.at(-1)?.answer.resolve(HERE);
    await lookup?.found;
    await nextTurn();
  }
  start("a", "b");
  expect(threads.map(({ host }) => host)).toEqual(["a", "b", "a", "b"]);
  expect([pool.prepared, pool.hosts]).toEqual([[], []]);
});

it("names that wait have a process started, and take a thread that is free before it is ready", async () => {
  const { pool, threads, start } = createLookups();
  start("a", "b", "c");
  await vi.waitFor(() => expect(pool.prepared).toEqual([2]));
  threads[0]?.answer.resolve(HERE);
  await nextTurn();
  pool.begin();
  expect(threads.map(({ host }) => host)).toEqual(["a", "b"]);
  expect(pool.hosts).toEqual(["c"]);
});

it("all names are asked for side by side once a process is ready", () => {
  const { pool, start } = createLookups();
  pool.begin();
  const hosts = Array.from({ length: 300 }, (_, at) => `host${at}`);
  start(...hosts);
  expect(pool.hosts).toEqual(hosts.slice(1));
});

it("while names are slow the threads are for those that are known to be quick", async () => {
  const { pool, threads, clock, start } = createLookups();
  pool.begin();
  const answerHere = async (host: string, ms: number) => {
    const [lookup] = start(host);
    clock.now += ms;
    threads.at(-1)?.answer.resolve(HERE);
    await lookup?.found;
    await nextTurn();
  };
  await answerHere("quick", 1);
  await answerHere("slow", 2_000);
  start("other", "quick");
  expect([threads.map(({ host }) => host), pool.hosts]).toEqual([["quick", "slow", "quick"], ["other"]]);
});

it("when a quick name becomes slow, none is known to be quick any more, for five minutes", async () => {
  const { pool, threads, clock, start } = createLookups();
  pool.begin();
  for (const [host, ms] of [
    ["a", 1],
    ["b", 1],
    ["a", 2_000],
  ] as const) {
    const [lookup] = start(host);
    clock.now += ms;
    threads.at(-1)?.answer.resolve(HERE);
    await lookup?.found;
    await nextTurn();
  }
  start("b");
  expect([threads.length, pool.hosts]).toEqual([3, ["b"]]);
  clock.now += 5 * 60_000;
  start("b");
  expect(threads).toHaveLength(4);
});

it("a lookup that nobody waits for any more is taken back, and its name counts as slow", async () => {
  const { lookups, pool, said, clock } = createLookups();
  pool.begin();
  const leaving = new AbortController();
  lookups.start("a", 0, signal);
  const { found } = lookups.start("silent", 0, leaving.signal);
  clock.now = 10_000;
  leaving.abort(new Error("time is up"));
  await expect(found).rejects.toThrow("time is up");
  expect(said).toEqual(["name resolution is slow: silent had no answer after 10.0 s"]);
});

it("a name is asked for again when its process has ended, and then left to the plugin", async () => {
  const { pool, start } = createLookups();
  pool.begin();
  const [, lookup] = start("a", "c");
  pool.asked[0]?.answer.reject(new LookupProcessEnded());
  await vi.waitFor(() => expect(pool.hosts).toEqual(["c", "c"]));
  pool.asked[1]?.answer.reject(new LookupProcessEnded());
  await expect(lookup?.found).rejects.toEqual(new CheckDeclined("the process that asks for names has ended"));
});

it("names wait for the threads where no process can run", async () => {
  const { pool, threads, start } = createLookups();
  pool.canAsk = false;
  start("a", "b", "c");
  expect(threads.map(({ host }) => host)).toEqual(["a", "b"]);
  threads[1]?.answer.reject(new ResolveError("EAI_NONAME"));
  await vi.waitFor(() => expect(threads.map(({ host }) => host)).toEqual(["a", "b", "c"]));
  expect(pool.hosts).toEqual([]);
});

it("the log says which names are slow, once a minute, and how many there were besides", async () => {
  const { pool, said, clock, start } = createLookups();
  pool.begin();
  const answerSlowly = async (host: string, answer: Answer) => {
    start(host);
    pool.asked.at(-1)?.answer.resolve(answer);
    await nextTurn();
  };
  start("a");
  await answerSlowly("one", { ...QUICK, tookMs: 6_012 });
  const error = new ResolveError("EAI_AGAIN");
  await answerSlowly("two", { kind: "failed", error, tookMs: 10_000 });
  await answerSlowly("quick", QUICK);
  clock.now += 60_000;
  await answerSlowly("three", { kind: "failed", error, tookMs: 10_000 });
  expect(said).toEqual([
    "name resolution is slow: one was found after 6.0 s",
    "name resolution is slow: three was not found (Temporary failure in name resolution) after 10.0 s, and 1 more since the last such line",
  ]);
});

it("what waits at the end is rejected", async () => {
  const { lookups, start } = createLookups();
  const [, , lookup] = start("a", "b", "c");
  lookups[Symbol.dispose]();
  await expect(lookup?.found).rejects.toThrow("the worker has stopped");
});

/** A resolver of which only the processes answer. */
function createResolver() {
  const pool = new FakePool();
  pool.begin();
  const clock = { now: 0 };
  const options = { now: () => clock.now, processes: pool as never };
  const resolver = new Resolver(() => new Promise(() => {}), options);
  void resolver.resolve("taken", 0, signal);
  return { pool, clock, resolver };
}

it("a lookup is joined within a second of its begin, not later", () => {
  const { pool, clock, resolver } = createResolver();
  for (const now of [0, 999, 1_000, 1_001]) {
    clock.now = now;
    void resolver.resolve("a", 0, signal);
  }
  expect(pool.hosts).toEqual(["a", "a"]);
});

it("the answer of a slow lookup is not kept", async () => {
  const { pool, resolver } = createResolver();
  const ask = async (tookMs: number) => {
    const found = resolver.resolve("a", 0, signal);
    pool.asked.at(-1)?.answer.resolve({ ...QUICK, tookMs });
    await found;
    return pool.hosts.length;
  };
  expect([await ask(6_000), await ask(50), await ask(50)]).toEqual([1, 2, 2]);
});

it("a caller is told what getaddrinfo took, not what it waited", async () => {
  const { pool, clock, resolver } = createResolver();
  const took: number[] = [];
  const found = resolver.resolve("a", 0, signal, { onTook: (ms) => took.push(ms) });
  clock.now = 700;
  pool.asked[0]?.answer.resolve(QUICK);
  await found;
  expect(took).toEqual([3]);
});

it("a lookup is taken back when its last caller has left", async () => {
  const { pool, resolver } = createResolver();
  const leaving = [new AbortController(), new AbortController()];
  const asked = leaving.map(({ signal: each }) => resolver.resolve("a", 0, each));
  const ended = Promise.allSettled(asked);
  leaving[0]?.abort();
  await nextTurn();
  expect(pool.asked[0]?.signal?.aborted).toBe(false);
  leaving[1]?.abort();
  await ended;
  expect(pool.asked[0]?.signal?.aborted).toBe(true);
});
