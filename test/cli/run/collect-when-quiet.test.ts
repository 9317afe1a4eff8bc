import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { CollectWhenQuiet } from "../../../src/cli/run/collect-when-quiet.ts";

const SECOND = 1_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

function begin() {
  const collect = vi.fn();
  const worker = { running: 0 };
  const memory = { mib: 50 };
  const resident = () => memory.mib * 2 ** 20;
  const quiet = new CollectWhenQuiet({ worker: () => worker, collect, resident });
  const ran = () => quiet.listener.ran?.({} as never);
  return { collect, worker, memory, quiet, ran };
}

it("a worker that has started is tidied once, and then left alone", () => {
  const { collect, quiet } = begin();
  quiet.start();
  vi.advanceTimersByTime(6 * SECOND);
  expect(collect).toHaveBeenCalledTimes(1);
  expect(vi.getTimerCount()).toBe(0);
});

it("a worker with jobs is not held up", () => {
  const { collect, quiet, ran, worker } = begin();
  quiet.start();
  for (let second = 0; second < 100; second++) {
    ran();
    vi.advanceTimersByTime(SECOND);
  }
  worker.running = 1;
  vi.advanceTimersByTime(100 * SECOND);
  expect(collect).not.toHaveBeenCalled();
  worker.running = 0;
  vi.advanceTimersByTime(11 * SECOND);
  expect(collect).toHaveBeenCalledTimes(1);
});

it("jobs that leave little behind cost no collection", () => {
  const { collect, quiet, ran, memory } = begin();
  quiet.start();
  for (const [mib, collections] of [
    [50, 1],
    [57, 1],
    [58, 2],
    [70, 3],
  ] as const) {
    memory.mib = mib;
    ran();
    vi.advanceTimersByTime(60 * SECOND);
    expect(collect).toHaveBeenCalledTimes(collections);
  }
});

it("a worker that has ended is forgotten", () => {
  const { collect, quiet } = begin();
  quiet.start();
  quiet[Symbol.dispose]();
  vi.advanceTimersByTime(100 * SECOND);
  expect(collect).not.toHaveBeenCalled();
});

it("V8 can be asked to collect while the program runs", async () => {
  vi.useRealTimers();
  const freed = Promise.withResolvers<void>();
  const registry = new FinalizationRegistry(() => freed.resolve());
  registry.register({}, 0);
  const quiet = new CollectWhenQuiet({ worker: () => ({ running: 0 }) });
  quiet.start();
  await freed.promise;
  quiet[Symbol.dispose]();
});
