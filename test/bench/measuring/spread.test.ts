import { describe, expect, it } from "vitest";
import { spread } from "../../../bench/measuring/spread.ts";

describe("the spread of repetitions", () => {
  it.each([
    ["one value", [3], { median: 3, least: 3, most: 3 }],
    ["an odd number: the value in the middle", [10, 9, 100], { median: 10, least: 9, most: 100 }],
    ["an even number: the mean of the two in the middle", [4, 1, 2, 8], { median: 3, least: 1, most: 8 }],
  ])("%s", (_, values, expected) => {
    expect(spread(values)).toEqual(expected);
  });
});
