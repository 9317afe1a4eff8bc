import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { GrabWatch } from "../../../src/gearman/grabber/grab-watch.ts";

const FAKED = ["setTimeout", "clearTimeout", "setImmediate", "clearImmediate", "performance"] as const;

beforeEach(() => {
  vi.useFakeTimers({ toFake: [...FAKED] });
});
afterEach(() => {
  vi.useRealTimers();
});

function start() {
  const onOverdue = vi.fn();
  return { watch: new GrabWatch({ patienceMs: 250, onOverdue }), onOverdue };
}

it("a grab without a reply is overdue, which is told once, until the server replies", () => {
  const { watch, onOverdue } = start();
  watch.grabbed();
  vi.advanceTimersByTime(200);
  expect(watch.isOverdue).toBe(false);
  vi.advanceTimersByTime(1_000);
  expect([watch.isOverdue, onOverdue.mock.calls.length]).toEqual([true, 1]);
  watch.replied(true);
  expect(watch.isOverdue).toBe(false);
  vi.advanceTimersByTime(1_000);
  expect([watch.isOverdue, onOverdue.mock.calls.length]).toEqual([true, 2]);
});

it("a server that replies now and then is not overdue", () => {
  const { watch, onOverdue } = start();
  watch.grabbed();
  for (let i = 0; i < 50; i++) {
    vi.advanceTimersByTime(200);
    watch.replied(i % 2 === 0);
    watch.grabbed();
  }
  watch.replied(false);
  vi.advanceTimersByTime(10_000);
  expect(onOverdue).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});

it("nothing is overdue after the end of a connection", () => {
  const { watch, onOverdue } = start();
  watch.grabbed();
  vi.advanceTimersByTime(300);
  watch.stop();
  expect(watch.isOverdue).toBe(false);
  watch.grabbed();
  watch.stop();
  expect(vi.getTimerCount()).toBe(0);
  expect(onOverdue).toHaveBeenCalledTimes(1);
});
