import { describe, expect, it } from "vitest";
import { type OptionSpelling, readArgv } from "../../../plugins/sdk/index.ts";

const SPELLINGS: readonly OptionSpelling[] = [
  { long: "timeout", short: "t", takesValue: true },
  { long: "timeout-result", short: "T", takesValue: true },
  { long: "substitute", short: "s", takesValue: false },
  { long: "verbose", short: "v", takesValue: false },
];

const timeout = (value: string) => ["timeout", value] as const;
const flag = (name: string) => [name, ""] as const;

describe("readArgv reads as getopt_long does", () => {
  it.each<[argv: string[], options: (readonly [string, string])[], words: string[]]>([
    [[], [], []],
    [["a", "-s"], [], ["a", "-s"]],
    [["-s", "a", "-v"], [flag("substitute")], ["a", "-v"]],
    [["-t", "5"], [timeout("5")], []],
    [["-t5"], [timeout("5")], []],
    [["-t", "-s"], [timeout("-s")], []],
    [["-t", "--"], [timeout("--")], []],
    [["-t", ""], [timeout("")], []],
    [["-svt", "5", "x"], [flag("substitute"), flag("verbose"), timeout("5")], ["x"]],
    [["-st=5"], [flag("substitute"), timeout("=5")], []],
    [["--timeout", "5"], [timeout("5")], []],
    [["--timeout=5"], [timeout("5")], []],
    [["--timeout="], [timeout("")], []],
    [["--timeout=a=b"], [timeout("a=b")], []],
    [["--timeout-r", "1"], [["timeout-result", "1"]], []],
    [["--sub", "--v"], [flag("substitute"), flag("verbose")], []],
    [["-t1", "-t2"], [timeout("1"), timeout("2")], []],
    [["-s", "--", "-t"], [flag("substitute")], ["-t"]],
    [["-", "-s"], [], ["-", "-s"]],
    [["", "-s"], [], ["", "-s"]],
  ])("%j", (argv, options, words) => {
    expect(readArgv(argv, SPELLINGS)).toEqual({ options, words });
  });
});

describe("readArgv does not understand", () => {
  it.each([
    [["-x"]],
    [["-sx"]],
    [["-t"]],
    [["-st"]],
    [["--timeout"]],
    [["--time", "5"]],
    [["--nothing"]],
    [["--substitute=1"]],
    [["--Sub"]],
    [["--=5"]],
    [["-s-"]],
    [["-ß"]],
  ])("%j", (argv) => {
    expect(readArgv(argv, SPELLINGS)).toBeUndefined();
  });
});
