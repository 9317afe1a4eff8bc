import { describe, expect, it } from "vitest";
import { summarise } from "../../../bench/reporting/summary.ts";
import { measurement } from "../measurement.ts";

const RUNS = [
  measurement("ours", { checksPerSecond: 300, cpuMsPerCheck: 1 }, { wrong: 1 }),
  measurement("c", { checksPerSecond: 100, cpuMsPerCheck: 2, peakMiB: 7 }),
  measurement("ours", { checksPerSecond: 100, cpuMsPerCheck: 3 }, { wrong: 2 }),
  measurement("c", { checksPerSecond: 110, cpuMsPerCheck: 2 }),
  measurement("ours", { checksPerSecond: 200, cpuMsPerCheck: 2 }),
];

describe("the summary of one line", () => {
  const [ours, c] = summarise(RUNS, "c");

  it("has a row for each worker, in the order they were measured", () => {
    expect([ours?.worker, c?.worker]).toEqual(["ours", "c"]);
    expect([ours?.reps, c?.reps]).toEqual([3, 2]);
  });

  it("has the median and the range of every figure that was measured", () => {
    expect(ours?.figures).toEqual({
      checksPerSecond: { median: 200, least: 100, most: 300 },
      cpuMsPerCheck: { median: 2, least: 1, most: 3 },
    });
    expect(c?.figures.peakMiB).toEqual({ median: 7, least: 7, most: 7 });
  });

  it("adds up the wrong results", () => {
    expect(ours?.wrong).toBe(3);
  });

  it("compares medians with those of the base", () => {
    expect(ours?.ratios.checksPerSecond).toBeCloseTo(200 / 105);
    expect(ours?.ratios.cpuMsPerCheck).toBe(1);
    expect(c?.ratios.checksPerSecond).toBe(1);
  });

  it.each(["go", undefined])("has no ratios when the base was not measured: %s", (base) => {
    expect(summarise(RUNS, base)[0]?.ratios).toEqual({});
  });

  it("has no ratio to a base of zero", () => {
    const idle = [measurement("ours", { cpuMsPerSecond: 1 }), measurement("c", { cpuMsPerSecond: 0 })];
    expect(summarise(idle, "c")[0]?.ratios).toEqual({});
  });
});
