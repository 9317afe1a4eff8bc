import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { GrabGroups } from "../../../src/gearman/grabber/grab-groups.ts";

const FAKED = ["setTimeout", "clearTimeout", "performance"] as const;

beforeEach(() => {
  vi.useFakeTimers({ toFake: [...FAKED] });
});
afterEach(() => {
  vi.useRealTimers();
});

function start(intervalMs = 15) {
  const onDue = vi.fn();
  return { groups: new GrabGroups({ intervalMs, onDue }), onDue };
}

/** A group that got so many jobs, and then a reply without one. */
function takeGroup(groups: GrabGroups, jobs: number): void {
  for (let i = 0; i < jobs; i++) groups.gotJob();
  groups.gotNone();
}

describe("jobs that come one by one", () => {
  it("are taken at once after a pause", () => {
    const { groups } = start();
    expect([groups.wokenUp(true), groups.isHeld, groups.limit]).toEqual([false, false, undefined]);
    groups.gotJob();
    vi.advanceTimersByTime(15);
    expect([groups.wokenUp(true), groups.isHeld, groups.limit]).toEqual([false, false, undefined]);
  });

  it("are held when they come too soon, and then as many are asked for as make a flow", () => {
    const { groups, onDue } = start();
    groups.wokenUp(true);
    groups.gotJob();
    vi.advanceTimersByTime(5);
    expect([groups.wokenUp(true), groups.isHeld]).toEqual([true, true]);
    vi.advanceTimersByTime(9);
    expect([groups.isHeld, onDue.mock.calls.length]).toEqual([true, 0]);
    vi.advanceTimersByTime(1);
    expect([groups.isHeld, onDue.mock.calls.length, groups.limit]).toEqual([false, 1, 2]);
  });

  it("are not waited for", () => {
    const { groups } = start();
    groups.wokenUp(true);
    takeGroup(groups, 1);
    expect([groups.rest(), groups.isHeld]).toEqual([false, false]);
  });

  it("are never held without an interval", () => {
    const { groups } = start(0);
    for (let i = 0; i < 5; i++) {
      expect(groups.wokenUp(true)).toBe(false);
      takeGroup(groups, 5);
      expect([groups.rest(), groups.isHeld, groups.limit]).toEqual([false, false, undefined]);
    }
  });
});

describe("jobs that come in numbers", () => {
  it("are not held", () => {
    const { groups } = start();
    groups.wokenUp(true);
    groups.gotJob();
    vi.advanceTimersByTime(1);
    expect([groups.wokenUp(false), groups.isHeld, groups.limit]).toEqual([false, false, undefined]);
  });
});

describe("a flow", () => {
  it("is asked for after the interval, for one job more than the last time, 64 at most", () => {
    const { groups, onDue } = start();
    groups.wokenUp(true);
    for (const [jobs, grabs] of [
      [3, 4],
      [10, 11],
      [500, 64],
      [2, 3],
    ] as const) {
      takeGroup(groups, jobs);
      expect([groups.rest(), groups.isHeld]).toEqual([true, true]);
      vi.advanceTimersByTime(15);
      expect([groups.isHeld, groups.limit]).toEqual([false, grabs]);
    }
    expect(onDue).toHaveBeenCalledTimes(4);
  });

  it("limits the grabs to those of the group, until the queue shows that it is busy", () => {
    const { groups } = start();
    groups.wokenUp(true);
    takeGroup(groups, 2);
    groups.rest();
    vi.advanceTimersByTime(15);
    const limits = [groups.limit];
    for (let i = 0; i < 4; i++) {
      groups.gotJob();
      limits.push(groups.limit);
    }
    expect(limits).toEqual([3, 2, 1, undefined, undefined]);
  });

  it("has ended when a group gets less", () => {
    const { groups } = start();
    groups.wokenUp(true);
    takeGroup(groups, 2);
    groups.rest();
    vi.advanceTimersByTime(15);
    takeGroup(groups, 1);
    expect([groups.rest(), groups.isHeld, groups.limit]).toEqual([false, false, undefined]);
  });

  it("is not held after it kept the worker busy for the whole interval", () => {
    const { groups } = start();
    groups.wokenUp(true);
    for (let i = 0; i < 20; i++) {
      groups.gotJob();
      vi.advanceTimersByTime(1);
    }
    groups.gotNone();
    expect([groups.rest(), groups.isHeld]).toEqual([false, false]);
    expect([groups.wokenUp(false), groups.isHeld]).toEqual([false, false]);
    takeGroup(groups, 2);
    expect(groups.rest()).toBe(true);
  });

  it("is forgotten with its connection", () => {
    const { groups, onDue } = start();
    groups.wokenUp(true);
    takeGroup(groups, 5);
    groups.rest();
    groups.reset();
    expect([groups.isHeld, vi.getTimerCount()]).toEqual([false, 0]);
    vi.advanceTimersByTime(100);
    expect(onDue).not.toHaveBeenCalled();
    expect(groups.wokenUp(true)).toBe(false);
  });
});
