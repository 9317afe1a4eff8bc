import { describe, expect, it } from "vitest";
import { mixer } from "../../../bench/load/mix.ts";

const MIX = [
  { name: "often", share: 90 },
  { name: "seldom", share: 9 },
  { name: "rare", share: 1 },
];

const names = (from: number, count: number): readonly string[] => {
  const partOf = mixer(MIX);
  return Array.from({ length: count }, (_, index) => partOf(from + index).name);
};
const count = (all: readonly string[], name: string): number => all.filter((one) => one === name).length;

describe("a mix", () => {
  it("gives every part its share", () => {
    const all = names(0, 10_000);
    expect(count(all, "seldom")).toBeGreaterThan(890);
    expect(count(all, "seldom")).toBeLessThan(910);
    expect(count(all, "rare")).toBeGreaterThan(95);
    expect(count(all, "rare")).toBeLessThan(105);
  });

  it.each([0, 1000, 123_456])("is even in every sequence of jobs, from job %i on", (from) => {
    const some = count(names(from, 100), "seldom");
    expect(some).toBeGreaterThanOrEqual(7);
    expect(some).toBeLessThanOrEqual(11);
  });

  it("has the same order every time", () => {
    expect(names(0, 500)).toEqual(names(0, 500));
  });

  it("is an error without parts", () => {
    expect(() => mixer([])).toThrow("nothing to mix");
  });
});
