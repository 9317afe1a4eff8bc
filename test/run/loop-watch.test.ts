import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type LateLoop, LoopWatch } from "../../src/run/loop-watch.ts";

let told: LateLoop[];
let now: number;
let watch: LoopWatch;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  told = [];
  now = 0;
  watch = new LoopWatch(
    (late) => told.push(late),
    () => now,
  );
});
afterEach(() => {
  vi.useRealTimers();
});

/** The event loop turns again after so long. */
function pass(ms: number): void {
  now += ms;
  vi.advanceTimersByTime(500);
}

const never = () => new Promise<void>(() => {});

it("names the check that kept the event loop busy as it started", () => {
  void watch.follow("check_a", never);
  void watch.follow("check_b", () => {
    now += 1_600;
    return never();
  });
  pass(0);
  expect(told).toEqual([
    { seconds: 1.1, cpuSeconds: expect.any(Number), culprit: "check_b", underWay: ["check_a", "check_b"] },
  ]);
});

it("names those that were under way when it was busy later, the most frequent first", () => {
  for (const name of ["check_a", "check_b", "check_b"]) void watch.follow(name, never);
  pass(500);
  pass(2_500);
  expect(told).toEqual([
    { seconds: 2, cpuSeconds: expect.any(Number), culprit: undefined, underWay: ["check_b", "check_a"] },
  ]);
});

it("tells nothing of less than a second", () => {
  void watch.follow("check_a", never);
  for (const ms of [500, 1_400, 500]) pass(ms);
  expect(told).toEqual([]);
});

it("wakes nothing when no check is under way", async () => {
  await watch.follow("check_a", async () => {});
  await expect(watch.follow("check_b", () => Promise.reject(new Error("a fault")))).rejects.toThrow();
  expect(vi.getTimerCount()).toBe(1);
  pass(500);
  expect(vi.getTimerCount()).toBe(0);
  pass(60_000);
  void watch.follow("check_a", never);
  pass(500);
  expect(told).toEqual([]);
});
