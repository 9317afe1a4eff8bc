import { describe, expect, it } from "vitest";
import { percentiles } from "../../../bench/load/percentiles.ts";

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

describe("percentiles", () => {
  it.each([
    ["one value: every percentile", [7], { p50: 7, p95: 7, p99: 7, max: 7 }],
    ["two values: the lower one is the median", [9, 1], { p50: 1, p95: 9, p99: 9, max: 9 }],
    ["a hundred values: each is its own rank", upTo(100), { p50: 50, p95: 95, p99: 99, max: 100 }],
    ["a thousand values", upTo(1000).toReversed(), { p50: 500, p95: 950, p99: 990, max: 1000 }],
    ["sorted as numbers, not as words", [10, 9, 100], { p50: 10, p95: 100, p99: 100, max: 100 }],
  ])("%s", (_, values, expected) => {
    expect(percentiles(values)).toEqual(expected);
  });

  it("are NaN without values", () => {
    expect(percentiles([]).p50).toBeNaN();
  });
});
