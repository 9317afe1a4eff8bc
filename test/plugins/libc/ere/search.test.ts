import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import type { EreRules } from "../../../../plugins/libc/ere/expression.ts";
import { createEreSearch } from "../../../../plugins/libc/ere/search.ts";
import { seededRandom } from "../../../support/random.ts";
import { hasServer } from "../../../support/servers/installed.ts";
import { RUNS } from "../../differential.ts";

const RULES: EreRules = { ignoresCase: false, knowsLines: true, encoding: "bytes" };
const signal = new AbortController().signal;

describe("a pattern is searched", () => {
  it.each<[string, string, boolean, Partial<EreRules>?]>([
    ["abc", "xxabcxx", true],
    ["a|b", "xbx", true],
    ["^b$", "a\nb\nc", true],
    ["^b$", "a\nb\nc", false, { knowsLines: false }],
    ["a.b", "a\nb", false],
    ["a.b", "a\nb", true, { knowsLines: false }],
    ["a[^x]b", "a\nb", false],
    ["HELLO", "hello", true, { ignoresCase: true }],
    ["[^a-c]", "ABC", false, { ignoresCase: true }],
    ["(ab){2,3}c", "ababc", true],
    ["(ab){2,3}c", "abc", false],
    ["[]x]", "]", true],
    ["[a-]", "-", true],
    ["a\\.b", "axb", false],
    ["^a.b$", "a\xc3\xa9b", false],
    ["^a.b$", "a\xc3\xa9b", true, { encoding: "utf-8" }],
    ["a.b", "a\xe9b", false, { encoding: "utf-8" }],
    ["[[:space:]]", "\xe2\x80\x83", true, { encoding: "utf-8" }],
    ["I", "\xc4\xb1", true, { ignoresCase: true, encoding: "utf-8" }],
    ["\\d", "5", false],
    ["\\d", "d", true],
    ["\\d", "d", false, { ignoresCase: true }],
    ["\\D", "d", true, { ignoresCase: true }],
    ["caf\xc3\xa9+$", "caf\xc3\xa9\xa9", true],
    ["caf\xc3\xa9+$", "caf\xc3\xa9\xc3\xa9", true, { encoding: "utf-8" }],
    ["[\xc3\xa9]", "\xa9", true],
    ["[\xc3\xa9]", "\xa9", false, { encoding: "utf-8" }],
    ["[a\xc3\xa9]$", "\xc3\xa9", true, { encoding: "utf-8" }],
    ["CAF\xc3\x89", "caf\xc3\xa9", true, { ignoresCase: true, encoding: "utf-8" }],
    ["CAF\xc3\x89", "caf\xc3\xa9", false, { ignoresCase: true }],
    ["x*", "", true],
    ["^$", "a\n", true],
  ])("%j in %j: %j", async (pattern, text, isFound, rules) => {
    expect(await createEreSearch(pattern, { ...RULES, ...rules })?.finds(text, signal)).toBe(isFound);
  });
});

describe("a pattern is left to the plugin", () => {
  it.each(["\xe9", "a\xc3", "[^\xc3\xa9]", "\\\xc3\xa9", "[\xc3\xa0-\xc3\xa9]"])("%j in UTF-8", (pattern) => {
    expect(createEreSearch(pattern, { ...RULES, encoding: "utf-8" })).toBeUndefined();
  });

  it.each(["\xc3\xbf", "\xc3\x9f", "\xc2\xb5", "\xce\xb1"])(
    "%j, whose other case is elsewhere",
    (pattern) => {
      const rules = { ...RULES, encoding: "utf-8", ignoresCase: true } as const;
      expect(createEreSearch(pattern, rules)).toBeUndefined();
    },
  );

  it.each([
    ..."* + ? { ( ) [ [] [^] [a \\ a{ a{,2} a{2,1} a{256} a|| () (|a) ^* a^b $a [b-a] [a-c-e]".split(" "),
    ..."[+--] [[.a.]] [[=a=]] [[:foo:]] \\b \\< \\w \\W \\1 (?i)a (?:a)".split(" "),
    "[\xe0-\xe2]",
    "((a{100}){100})",
  ])("%j", (pattern) => {
    expect(createEreSearch(pattern, RULES)).toBeUndefined();
  });

  it.each(["[[:alpha:]]", "\\S", "[^[:space:]]"])("%j, where letters are all the world's", (pattern) => {
    expect(createEreSearch(pattern, RULES)).toBeDefined();
    expect(createEreSearch(pattern, { ...RULES, encoding: "utf-8" })).toBeUndefined();
  });
});

/** Asks glibc itself, through Python's ctypes. */
const GLIBC = `
import ctypes, json, sys
libc = ctypes.CDLL(None)
for line in sys.stdin:
    locale, pattern, text, flags = json.loads(line)
    libc.setlocale(6, locale.encode())
    preg = ctypes.create_string_buffer(256)
    if libc.regcomp(preg, pattern.encode("latin1"), flags):
        print("refused")
        continue
    print("found" if libc.regexec(preg, text.encode("latin1"), 0, None, 0) == 0 else "missing")
    libc.regfree(preg)
`;

const PATTERN_PARTS = [
  ..."a b A Z k s i 0 9 . . * + ? ( ) | ^ $ [a-c] [^a] [[:digit:]] [[:space:]] [[:alpha:]b]".split(" "),
  ..."[^[:space:]] []a] [^]a] [a-] [-a] [A-Z0-9_] {2} {1,2} {0,1} {2,} {,2} \\. \\s \\S \\d".split(" "),
  ..."\\b \\w \\( \\1 - _ ] } { [ [a-z [z-a] [a-c-e] [[.a.]] [[:foo:]] [a[] [\\.] [\\d]".split(" "),
  ..."[[:upper:]] [[:lower:]] [Z-a] [^a-z] [[:alnum:]_]+ (a|b) () || [[:blank:]] \\- \\/ (^a) (b$)".split(
    " ",
  ),
  ..."\xc3\xa9 \xc3\x89 \xc3\xa9 \xe2\x82\xac [\xc3\xa9] [a\xc3\x89] [^\xc3\xa9] \xc3 \xff [\xe9] \\\xc3\xa9".split(
    " ",
  ),
  ..."\\a \\z \\A \\Z \\k \\K \\S \\0 \\_ \\n \\I \\i \\y".split(" "),
  " ",
  "\n",
  "[^\n]",
];
const TEXT_PARTS = [
  ..."a b c A Z k s i 0 9 _ . - ] ( \\ d z \xc3\xa9 \xe2\x82\xac \xff \xc3 \xf0\x9f\x98\x80 \xe2\x80\x83".split(
    " ",
  ),
  " ",
  "\n",
  "\t",
];

it.skipIf(!hasServer("python3"))("glibc finds the same", async () => {
  const random = seededRandom(1);
  const pick = (parts: readonly string[], most: number) =>
    Array.from(
      { length: Math.floor(random() * most) + 1 },
      () => parts[Math.floor(random() * parts.length)],
    ).join("");
  const cases = Array.from({ length: RUNS * 2 }, () => ({
    pattern: pick(PATTERN_PARTS, 6),
    text: pick(TEXT_PARTS, 8),
    rules: {
      ignoresCase: random() < 0.3,
      knowsLines: random() < 0.5,
      encoding: random() < 0.5 ? "bytes" : "utf-8",
    } satisfies EreRules,
  }));
  const input = cases.map(({ pattern, text, rules: { ignoresCase, knowsLines, encoding } }) => {
    const flags = 1 | 8 | (ignoresCase ? 2 : 0) | (knowsLines ? 4 : 0);
    return JSON.stringify([encoding === "bytes" ? "C" : "C.UTF-8", pattern, text, flags]);
  });
  const { stdout } = spawnSync("python3", ["-c", GLIBC], { input: input.join("\n"), encoding: "utf8" });
  const theirs = stdout.trim().split("\n");
  const ours = await Promise.all(
    cases.map(async ({ pattern, text, rules }, at) => {
      const search = createEreSearch(pattern, rules);
      if (search === undefined) return theirs[at];
      return (await search.finds(text, signal)) ? "found" : "missing";
    }),
  );
  const differing = cases.filter((_, at) => ours[at] !== theirs[at]);
  expect(differing).toEqual([]);
  expect(theirs).toHaveLength(cases.length);
});
