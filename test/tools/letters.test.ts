import { describe, expect, it } from "vitest";
import { type Letter, readLetters, renderLetters } from "../../src/tools/letters.ts";

const LETTERS: readonly Letter[] = [
  { name: "H", value: "HOST", help: "host" },
  { name: "x", value: "[0|1]", isOptionalNumber: true, help: "number" },
  { name: "a", help: "flag" },
  { name: "v", help: "flag" },
  { name: "exclude-queue", value: "QUEUE", help: "word" },
];

function read(...argv: readonly string[]): unknown {
  const found = readLetters(argv, LETTERS);
  return found.kind === "values" ? Object.fromEntries(found.values) : found;
}

describe("letters are read as by getopt, and as by Go's flags", () => {
  it.each<[readonly string[], unknown]>([
    [["-H", "a"], { H: ["a"] }],
    [["-Ha"], { H: ["a"] }],
    [["-H=a"], { H: ["a"] }],
    [["--H", "a", "-H", "b"], { H: ["a", "b"] }],
    [["-H", "-a"], { H: ["-a"] }],
    [["-avH", "b"], { a: [""], v: [""], H: ["b"] }],
    [["-x"], { x: [""] }],
    [["-x", "-a"], { x: [""], a: [""] }],
    [["-xa"], { x: [""], a: [""] }],
    [["-x", "0"], { x: ["0"] }],
    [["-x=1"], { x: ["1"] }],
    [["-x1"], { x: ["1"] }],
    [["-x", "word"], { x: [""] }],
    [["word", "-a", "--", "-v"], { a: [""] }],
    [["--exclude-queue=a=b", "--exclude-queue", "c"], { "exclude-queue": ["a=b", "c"] }],
    [["-z"], { kind: "unknown", name: "z" }],
    [["--zoo"], { kind: "unknown", name: "zoo" }],
    [["-H"], { kind: "no value", name: "H" }],
  ])("%j", (argv, expected) => {
    expect(read(...argv)).toEqual(expected);
  });

  it("are shown in columns", () => {
    expect(renderLetters(LETTERS.slice(0, 3))).toBe(
      "  -H HOST   host\n  -x [0|1]  number\n  -a        flag\n",
    );
  });
});
