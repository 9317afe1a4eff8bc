import { describe, expect, it } from "vitest";
import { type Line, only, type Part } from "../../../bench/scenarios/line.ts";
import { available } from "../../../bench/stand-ins/availability.ts";

const PRESENT: Part = { command: "{bin}/sh -c :", share: 3, queue: "service", isTimed: true };
const VALUES = { bin: "/bin" };

const lineOf = (mix: readonly Part[], more: Partial<Line> = {}): Line => ({
  name: "a",
  mix,
  jobs: 400,
  warmUp: 0,
  own: [],
  ...more,
});
const alone = (part: Parameters<typeof only>[0]) => available([lineOf(only(part))], VALUES);

describe("what a machine can run", () => {
  it("has no placeholders left", () => {
    const { lines, notes } = available([lineOf([PRESENT])], VALUES);
    expect(lines).toEqual([lineOf([{ ...PRESENT, command: "/bin/sh -c :" }])]);
    expect(notes).toEqual([]);
  });

  it.each([
    ["a plugin", { command: "{bin}/nowhere 1" }, "a: skipped, /bin/nowhere is not installed"],
    ["a stand-in", { command: "{bin}/sh {snmp}" }, "a: skipped, there is no server for {snmp}"],
    [
      "something else",
      { command: "{bin}/sh", needs: { what: "Perl's Some::Module", probe: ["/bin/false"] } },
      "a: skipped, Perl's Some::Module is not installed",
    ],
  ])("does not include a line that lacks %s", (_, part, note) => {
    expect(alone(part)).toEqual({ lines: [], notes: [note] });
  });

  it("has the words before the worker's command, or not the line", () => {
    const under = ["{bin}/env", "A=b"];
    expect(available([lineOf([PRESENT], { under })], VALUES).lines[0]?.under).toEqual(["/bin/env", "A=b"]);
    expect(available([lineOf([PRESENT], { under: ["{names}"] })], VALUES)).toEqual({
      lines: [],
      notes: ["a: skipped, there is no server for {names}"],
    });
  });

  it("includes what a probe finds", () => {
    expect(alone({ command: "{bin}/sh", needs: { what: "it", probe: ["/bin/true"] } }).notes).toEqual([]);
  });

  it("may be a part of a mix, which then has fewer jobs in the same time", () => {
    const missing: Part = { ...PRESENT, command: "/nowhere/plugin", share: 1 };
    const { lines, notes } = available([lineOf([PRESENT, missing], { rate: 100 })], VALUES);
    expect(lines).toMatchObject([{ jobs: 300, rate: 75, mix: [{ share: 3 }] }]);
    expect(notes).toEqual(["a: 25 % of the jobs left out, /nowhere/plugin is not installed"]);
  });

  it("does not include a line without its storm, or without what is entered first", () => {
    const storm: Part = { ...PRESENT, command: "{bin}/sh {coldssh}", share: 0, storm: 10 };
    expect(available([lineOf([PRESENT, storm])], VALUES)).toEqual({
      lines: [],
      notes: ["a: skipped, there is no server for {coldssh}"],
    });
    const under = ["/bin/sh", "{names}"];
    expect(available([lineOf([PRESENT], { under })], VALUES).notes).toEqual([
      "a: skipped, there is no server for {names}",
    ]);
    const filled = available([lineOf([PRESENT], { under })], { ...VALUES, names: "/x" });
    expect(filled.lines).toMatchObject([{ under: ["/bin/sh", "/x"] }]);
  });
});
