import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Assignment } from "../../../src/executor/command.ts";
import { quoteWord } from "../../../src/executor/shells/quote-word.ts";
import { readCommandLine } from "../../../src/run/routing/command-line.ts";
import { generateLines, installShow, runLines, type UnderstoodLine } from "./random-lines.ts";

describe("readCommandLine splits what sh would only split", () => {
  const lines: [line: string, words: string[], assignments?: Assignment[]][] = [
    ["/bin/true", ["/bin/true"]],
    ["/bin/echo a b", ["/bin/echo", "a", "b"]],
    [" \t/bin/echo\t a  b \t", ["/bin/echo", "a", "b"]],
    ["./check_x -w 1,2 -c 80%", ["./check_x", "-w", "1,2", "-c", "80%"]],
    ["../check_x", ["../check_x"]],
    ["/x ^OK a=b,c:d@e+f/g", ["/x", "^OK", "a=b,c:d@e+f/g"]],
    ["/x \"two words\" 'one two' three\\ four", ["/x", "two words", "one two", "three four"]],
    [`/x a '''b''' '' """c""" ''d'' ee""ee f' 'f`, ["/x", "a", "b", "", "c", "d", "eeee", "f f"]],
    [`/x '" "' "' ''"`, ["/x", '" "', "' ''"]],
    [
      '/x "a\\$b" "a\\`b" "a\\"b" "a\\\\b" "a\\nb" "\\\'"',
      ["/x", "a$b", "a`b", 'a"b', "a\\b", "a\\nb", "\\'"],
    ],
    ["/x a\\$b \\\\ \\* \\; \\n", ["/x", "a$b", "\\", "*", ";", "n"]],
    ['/x "!;&|<>()[]{}*?#~" \'$`"\\\'', ["/x", "!;&|<>()[]{}*?#~", '$`"\\']],
    ["/x a#b a~b /~joe/ -u/~joe", ["/x", "a#b", "a~b", "/~joe/", "-u/~joe"]],
    ["'/bin/echo' a", ["/bin/echo", "a"]],
    ['/bin/e"ch"o', ["/bin/echo"]],
    ["/x=y a", ["/x=y", "a"]],
    ["/x \xc3\x84 \x85 \xa0 \x81", ["/x", "\xc3\x84", "\x85", "\xa0", "\x81"]],
    ["/x a\rb", ["/x", "a\rb"]],
    [
      'FOO=bar BAR="two words" E= /x A=1',
      ["/x", "A=1"],
      [
        ["FOO", "bar"],
        ["BAR", "two words"],
        ["E", ""],
      ],
    ],
  ];
  it.each(lines)("%j", (line, words, assignments = []) => {
    expect(readCommandLine(line)).toEqual({ kind: "words", words, assignments, patterns: [] });
  });
});

describe("readCommandLine tells which words are patterns", () => {
  it.each<readonly [line: string, words: string[], patterns: readonly (readonly [string, ...number[]])[]]>([
    ["/x *", ["/x", "*"], [["*", 0]]],
    ["/x -u /a?b=c*", ["/x", "-u", "/a?b=c*"], [["/a?b=c*", 2, 6]]],
    [
      "/x 'a?'? \\*\"*\"*",
      ["/x", "a??", "***"],
      [
        ["a??", 2],
        ["***", 2],
      ],
    ],
    ["/x 'a?' \\* \"*\"", ["/x", "a?", "*", "*"], []],
    ["A=* /x b", ["/x", "b"], []],
  ])("%j", (line, words, patterns) => {
    const wild = patterns.map(([text, ...places]) => ({ text, wild: places }));
    expect(readCommandLine(line)).toMatchObject({ kind: "words", words, patterns: wild });
  });
});

describe("readCommandLine leaves a line to the shell if only a shell can read it", () => {
  const lines: [line: string, why: string][] = [
    ["/x $HOME", "it has an unquoted $"],
    ["/x `id`", "it has an unquoted `"],
    ["/x a!b", "it has an unquoted !"],
    ["/x a & /y", "it has an unquoted &"],
    ["/x ?????", "it has many unquoted ? or *"],
    [`/x${" a?".repeat(9)}`, "it has many unquoted ? or *"],
    ["/x*y a", "the command may be a pattern"],
    ["A=1 /x? a", "the command may be a pattern"],
    ["/x [x]nope", "it has an unquoted ["],
    ["/x {a,b}", "it has an unquoted {"],
    ["/x (a)", "it has an unquoted ("],
    ["/x a; id", "it has an unquoted ;"],
    ["/x a | /y", "it has an unquoted |"],
    ["/x 2>/dev/null", "it has an unquoted >"],
    ["/x </dev/null", "it has an unquoted <"],
    ["/x # remark", "it has an unquoted #"],
    ["/x ''#", "it has an unquoted #"],
    ["/x ~", "it has an unquoted ~"],
    ["A=~ /x", "it has an unquoted ~"],
    ["A=/a:~ /x", "it has an unquoted ~"],
    ['/x "$A"', "it has a $ in double quotes"],
    ['/x "a`id`"', "it has a ` in double quotes"],
    ['/x "a', "a quote is not closed"],
    ['/x "a\\', "a quote is not closed"],
    ["/x 'a", "a quote is not closed"],
    ["/x a\\", "it ends with a backslash"],
    ["/x a\n/y", "it has more than one line"],
    ["/x 'a\nb'", "it has more than one line"],
    ["", "it names no command"],
    [" \t", "it names no command"],
    ["A=1", "it names no command"],
    ["exit 7", "the command is not given by its path"],
    ["echo a", "the command is not given by its path"],
    ["bin/x a", "the command is not given by its path"],
    [".hidden/x", "the command is not given by its path"],
    ["'' /x", "the command is not given by its path"],
    ["'A=1' /x", "the command is not given by its path"],
    ["A+=1 /x", "the command is not given by its path"],
    ["1A=1 /x", "the command is not given by its path"],
    ["OPTIND=x /x", "OPTIND is the shell's own variable"],
    ["A=1 BASH_ENV=/y /x", "BASH_ENV is the shell's own variable"],
    ["PPID=1 /x", "PPID is the shell's own variable"],
  ];
  it.each(lines)("%j: %s", (line, why) => {
    expect(readCommandLine(line)).toMatchObject({ kind: "needs-shell", why });
  });
});

it.each(["/x a\0b", "\0", "echo '\0'"])("%j cannot be run: no argument can hold a NUL byte", (line) => {
  expect(readCommandLine(line)).toEqual({
    kind: "unrunnable",
    refusal: { rule: "nul-byte" },
  });
});

it("reads a line longer than any shell takes", () => {
  const word = 'a\\b\'c d\'"e\\"f"'.repeat(20_000);
  const plain = `/x ${"word ".repeat(40_000)}end`;
  expect(readCommandLine(`/x ${word}`)).toMatchObject({ kind: "words" });
  expect(readCommandLine(plain)).toMatchObject({ kind: "words" });
});

it("reads back what quoteWord has quoted", () => {
  const words = ["/x", ...Array.from({ length: 255 }, (_, at) => String.fromCharCode(at + 1)), "'\"'\\"];
  const readable = words.filter((word) => !word.includes("\n"));
  expect(readCommandLine(readable.map(quoteWord).join(" "))).toMatchObject({ words: readable });
});

describe("random lines: the words are what a real shell executes", () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "command-line-"));
    await installShow(directory);
  });
  afterAll(() => rm(directory, { recursive: true }));

  const shells: [shell: string, count: number][] = [
    ["/bin/sh", 3000],
    ["/bin/bash --posix", 300],
  ];
  for (const [shell, count] of shells) {
    it.skipIf(!existsSync(shell.split(" ", 1).join()))(`${shell}: ${count} lines`, async () => {
      const lines = generateLines(count, directory);
      const half = Math.ceil(count / 2);
      const halves = [lines.slice(0, half), lines.slice(half)];
      const run = await Promise.all(
        halves.map((each, at) => runLines(shell, each, join(directory, `${at}`))),
      );
      const shown = run.flat();
      const isDifferent = ({ shows }: UnderstoodLine, at: number) => shown[at] !== shows;
      expect(shown).toHaveLength(count);
      expect(lines.filter(isDifferent).slice(0, 5)).toEqual([]);
    });
  }
});
