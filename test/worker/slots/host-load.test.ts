import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LogThrottle } from "../../../src/worker/log-throttle.ts";
import {
  createLoadGuard,
  exceededLimit,
  type LoadLimits,
  memoryUsedPercent,
  readHost,
} from "../../../src/worker/slots/host-load.ts";
import { stubLog } from "../../support/stub-log.ts";

const NONE: LoadLimits = { loadLimit1: 0, loadLimit5: 0, loadLimit15: 0, memLimit: 0 };
const READINGS = { load: [4.126, 2.5, 0.75], memoryUsedPercent: 69.6 };

describe("what keeps a slot from being opened", () => {
  it.each<[what: string, limits: Partial<LoadLimits>, reason: string | undefined]>([
    ["no limit", {}, undefined],
    [
      "limits above the readings",
      { loadLimit1: 4.13, loadLimit5: 2.51, loadLimit15: 1, memLimit: 70 },
      undefined,
    ],
    ["1 min", { loadLimit1: 3 }, "load limit 1min hit, not starting any more workers: 4.13 > 3.00"],
    ["5 min", { loadLimit5: 1.5 }, "load limit 5min hit, not starting any more workers: 2.50 > 1.50"],
    ["15 min", { loadLimit15: 0.5 }, "load limit 15min hit, not starting any more workers: 0.75 > 0.50"],
    [
      "a limit just reached",
      { loadLimit5: 2.5 },
      "load limit 5min hit, not starting any more workers: 2.50 > 2.50",
    ],
    [
      "the first of several",
      { loadLimit15: 0.1, loadLimit1: 1 },
      "load limit 1min hit, not starting any more workers: 4.13 > 1.00",
    ],
    ["memory", { memLimit: 60 }, "memory limit hit, not starting any more workers: 70% > 60%"],
  ])("%s", (_, limits, reason) => {
    expect(exceededLimit({ ...NONE, ...limits }, READINGS)).toBe(reason);
  });

  it("is nothing that could not be read", () => {
    const limits = { loadLimit1: 1, loadLimit5: 1, loadLimit15: 1, memLimit: 1 };
    expect(exceededLimit(limits, { load: [], memoryUsedPercent: 0 })).toBeUndefined();
  });
});

describe("the memory in use", () => {
  it.each([
    ["is what is not available", "MemTotal:       1000 kB\nMemFree:  100 kB\nMemAvailable:    250 kB\n", 75],
    ["is what is not free where the kernel tells no more", "MemTotal: 1000 kB\nMemFree: 100 kB\n", 90],
    [
      "is not told by other lines",
      "SwapMemTotal: 1 kB\nMemTotal: 8 kB\nXMemAvailable: 8 kB\nMemAvailable: 2 kB\n",
      75,
    ],
    ["is 0 where nothing is told", "", 0],
  ])("%s", (_, meminfo, percent) => {
    expect(memoryUsedPercent(meminfo)).toBe(percent);
  });

  it("is read from this machine, with its load", () => {
    const { load, memoryUsedPercent: percent } = readHost();
    expect(load).toHaveLength(3);
    expect(percent).toBeGreaterThan(0);
    expect(percent).toBeLessThan(100);
  });
});

describe("the guard", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Any machine uses more than this much of its memory, and none as much as that. */
  const HIT = { ...NONE, memLimit: 0.000_1 };
  const FAR = { ...NONE, memLimit: 100 };

  it.each([
    ["lets pass without limits", NONE, true],
    ["lets pass below the limits", FAR, true],
    ["stops at a limit", HIT, false],
  ])("%s", (_, limits, mayGrow) => {
    const log = stubLog();
    expect(createLoadGuard(() => limits, new LogThrottle(log))()).toBe(mayGrow);
    expect(log.info).toHaveBeenCalledTimes(mayGrow ? 0 : 1);
  });

  it("stops where the load cannot be read, and does not fail", () => {
    const log = stubLog();
    const mayGrow = createLoadGuard(
      () => FAR,
      new LogThrottle(log),
      () => {
        throw new Error("EMFILE: too many open files");
      },
    );
    expect(mayGrow()).toBe(false);
    expect(log.info).toHaveBeenCalledWith(expect.stringContaining("EMFILE"));
  });

  it("says why at once, and then once a minute at most", () => {
    const log = stubLog();
    const mayGrow = createLoadGuard(() => HIT, new LogThrottle(log));
    const askFor = (seconds: number) => {
      for (let second = 0; second < seconds; second++) {
        expect(mayGrow()).toBe(false);
        vi.advanceTimersByTime(1_000);
      }
    };
    askFor(60);
    expect(log.info).toHaveBeenCalledOnce();
    expect(log.info).toHaveBeenCalledWith(expect.stringMatching(/^memory limit hit, not starting any more/));
    askFor(1);
    expect(log.info).toHaveBeenCalledTimes(2);
    askFor(59);
    expect(log.info).toHaveBeenCalledTimes(2);
    expect(log.debug).not.toHaveBeenCalled();
  });

  it("goes by the limits as they are now", () => {
    let limits: LoadLimits = HIT;
    const mayGrow = createLoadGuard(() => limits, new LogThrottle(stubLog()));
    expect(mayGrow()).toBe(false);
    limits = FAR;
    expect(mayGrow()).toBe(true);
  });
});
