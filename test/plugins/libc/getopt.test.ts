import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type ArgvRules, createArgvReader, type OptionSpelling } from "../../../plugins/libc/getopt.ts";

const option = (
  longs: string[],
  shorts: string[],
  value: OptionSpelling["value"] = "none",
): OptionSpelling => ({ longs, shorts, value });

/** The options of the recorded runs of glibc's getopt_long. */
const SPELLINGS: readonly OptionSpelling[] = [
  option(["host", "hostname"], ["H"], "required"),
  option(["timeout"], ["t"], "required"),
  option(["timeout-result"], ["T"], "required"),
  option(["verbose"], ["v"]),
  option(["version"], ["V"]),
  option(["skip", "skip-stdout"], ["S"], "optional"),
  option(["skip-stderr"], ["E"], "optional"),
  option(["sni"], [], "required"),
  option(["quiet"], ["q"]),
  option(["jail"], ["j"]),
];

interface Recorded {
  readonly argv: readonly string[];
  readonly words: "anywhere" | "last";
  /** Absent if getopt_long complained. */
  readonly given?: readonly (readonly [name: string, value?: string])[];
  readonly rest?: readonly string[];
}

function read(argv: readonly string[], rules: ArgvRules) {
  const found = createArgvReader(SPELLINGS, rules)(argv);
  const given = found?.given.map(({ spelling, text }) =>
    text === undefined ? [spelling.longs[0]] : [spelling.longs[0], text],
  );
  return found && { given, rest: found.words };
}

it("reads words as getopt_long does, or not at all", () => {
  const recorded: readonly Recorded[] = JSON.parse(
    readFileSync(new URL("../../fixtures/sdk/argv.json", import.meta.url), "utf8"),
  );
  const ours = recorded.map(({ argv, words }) => ({ argv, words, ...read(argv, { words }) }));
  expect(ours).toEqual(recorded);
});

describe("words around options", () => {
  it.each<[argv: string[], given: string[][] | undefined, rest: string[]]>([
    [["h", "-t", "5"], [["timeout", "5"]], ["h"]],
    [["h", "-v", "x", "-q"], [["verbose"]], ["h", "x", "-q"]],
    [["", "-v"], [["verbose"]], [""]],
    [["---", "-v"], [["verbose"]], ["---"]],
    [["h", "--", "-v"], [], ["h", "-v"]],
    [["h", "i", "-v"], [], ["h", "i", "-v"]],
    [["-v", "h"], [["verbose"]], ["h"]],
    [["-", "-v"], [], ["-", "-v"]],
    [["--", "-v"], [], ["-v"]],
    [[], [], []],
  ])("%j", (argv, given, rest) => {
    expect(read(argv, { words: "around" })).toEqual({ given, rest });
  });

  it("does not take a missing value from the word in front", () => {
    expect(read(["h", "-t"], { words: "around" })).toBeUndefined();
  });
});

it("exchanges old spellings wherever they stand, values too", () => {
  const rules = { rewrites: { "-to": "-t", constructor: "x" } };
  expect(read(["-to", "-to", "toString"], rules)).toEqual({ given: [["timeout", "-t"]], rest: ["toString"] });
});

it.each([
  [option(["hostname"], []), option(["hostname"], ["x"])],
  [option(["a"], ["x"]), option(["b"], ["x"])],
  [option(["a", "a"], [])],
])("refuses a name twice: %j, %j", (...spellings) => {
  expect(() => createArgvReader(spellings)).toThrow("two options are called");
});

it("reads more short options in one word than a call has room for", () => {
  expect(read([`-${"v".repeat(200_000)}`], {})?.given).toHaveLength(200_000);
});
