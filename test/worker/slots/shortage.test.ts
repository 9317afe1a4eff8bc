import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LogThrottle } from "../../../src/worker/log-throttle.ts";
import { NotStartedError, Shortage } from "../../../src/worker/slots/shortage.ts";
import { stubLog } from "../../support/stub-log.ts";

const LACK = "no memory is left";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function createShortage() {
  const log = stubLog();
  const onShort = vi.fn();
  const onOver = vi.fn();
  const shortage = new Shortage({ throttle: new LogThrottle(log), onShort, onOver });
  const retried: string[] = [];
  const wait = (name: string) => shortage.wait(LACK).then(() => void retried.push(name));
  return { log, onShort, onOver, shortage, retried, wait };
}

it("one job is tried again whenever another has ended, the first that waits before the others", async () => {
  const { shortage, retried, wait, onShort, onOver } = createShortage();
  const waiting = [wait("a"), wait("b")];
  expect([shortage.size, onShort.mock.calls.length]).toEqual([2, 2]);
  shortage.ended();
  await waiting[0];
  expect([retried, shortage.size, onOver.mock.calls.length]).toEqual([["a"], 1, 0]);
  shortage.ended();
  await waiting[1];
  expect([retried, shortage.size, onOver.mock.calls.length]).toEqual([["a", "b"], 0, 1]);
  shortage.ended();
  expect(onOver).toHaveBeenCalledOnce();
});

it("one job is tried again every second, as long as one waits", async () => {
  const { retried, wait } = createShortage();
  void Promise.all([wait("a"), wait("b"), wait("c")]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(retried).toEqual(["a"]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(retried).toEqual(["a", "b", "c"]);
  expect(vi.getTimerCount()).toBe(0);
});

it("the log has one line, however many jobs wait", () => {
  const { log, wait } = createShortage();
  for (let i = 0; i < 100; i++) void wait("job");
  expect(log.warn.mock.calls).toEqual([[{}, `cannot start a job, it waits and no more are taken: ${LACK}`]]);
});

it("jobs that wait are given up when the worker stops, and so is one that comes later", async () => {
  const { shortage, wait } = createShortage();
  const waiting = wait("a");
  shortage.stop();
  await expect(waiting).rejects.toThrow(NotStartedError);
  await expect(wait("b")).rejects.toThrow(NotStartedError);
  expect(vi.getTimerCount()).toBe(0);
});
