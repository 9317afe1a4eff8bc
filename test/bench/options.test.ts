import { describe, expect, it } from "vitest";
import { readOptions } from "../../bench/options.ts";

const read = (...argv: readonly string[]) => readOptions(argv);

describe("the options of a benchmark", () => {
  it("ask for every line of the bursts by default", () => {
    const options = read();
    expect(options?.scenario.name).toBe("lines");
    expect(options?.lines).toBe(options?.scenario.lines);
    expect(options).toMatchObject({ reps: 3, pool: 10, scale: 1, publish: false, rate: undefined });
  });

  it("show latencies where lines are offered at a rate", () => {
    expect(read("--lines", "dummy")?.scenario.charts).not.toContain("p99Ms");
    expect(read("--lines", "dummy", "--rate", "50")?.scenario.charts).toContain("p99Ms");
  });

  it("choose lines of the scenario, in the order given", () => {
    expect(read("--lines", "pipe,true")?.lines.map(({ name }) => name)).toEqual(["pipe", "true"]);
    expect(() => read("--scenario", "idle", "--lines", "true")).toThrow("--lines: no line is called true");
  });

  it("know the lines of every scenario for a peer", () => {
    expect(read("--worker", "c@site,perl=worker")?.peers).toMatchObject([{ lines: ["site", "perl"] }]);
    expect(() => read("--worker", "c@perls=worker")).toThrow("--worker c: no line is called perls");
  });

  it.each([
    [["--reps", "0"], "--reps: not a count: 0"],
    [["--pool", "1.5"], "--pool: not a count: 1.5"],
    [["--scale", "0"], "--scale: not a factor: 0"],
    [["--scale", "x"], "--scale: not a factor: x"],
    [["--scenario", "sites"], "--scenario: none is called sites"],
  ])("refuse %j", (argv, message) => {
    expect(() => read(...argv)).toThrow(message);
  });

  it("may ask for help only", () => {
    expect(read("--help", "--reps", "0")).toBeUndefined();
  });
});
