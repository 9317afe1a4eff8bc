import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { fillShellLine } from "../../../src/run/references/shell-line.ts";

/** What could end a word, a quote or a command, or be read as something else. */
const NASTY = [
  "s3cret",
  "a b",
  "it's",
  "'",
  "''",
  `"`,
  `";id;"`,
  "';id;'",
  "$(id)",
  "`id`",
  "$HOME",
  `$${"{HOME}"}`,
  "a\\",
  "\\",
  "*",
  "~",
  "# x",
  "a\nb",
  "a\n",
  "; id",
  "| id",
  "&& id",
  "> /dev/null",
  "$SECRET:pg$",
  "-n",
  "\xff\xfe\x01",
];
const print = `/usr/bin/printf '<%s>'`;

describe("a secret is one word, whatever it holds", () => {
  const LINES = [
    ["bare", `${print} $SECRET:pg$`, (s: string) => `<${s}>`],
    ["in a word", `${print} --p=$SECRET:pg$/x`, (s: string) => `<--p=${s}/x>`],
    ["in double quotes", `${print} "a $SECRET:pg$ b"`, (s: string) => `<a ${s} b>`],
    ["in single quotes", `${print} 'a $SECRET:pg$ b'`, (s: string) => `<a ${s} b>`],
    ["twice", `${print} $SECRET:pg$$SECRET:pg$`, (s: string) => `<${s}${s}>`],
    ["in a variable", `PW=$SECRET:pg$; ${print} "$PW"`, (s: string) => `<${s}>`],
    ["of one command", `PW=x"$SECRET:pg$" /usr/bin/printenv PW`, (s: string) => `x${s}\n`],
    ["in a pipe", `${print} $SECRET:pg$ | /bin/cat`, (s: string) => `<${s}>`],
    ["behind a list", `true && { ${print} "$SECRET:pg$"; }`, (s: string) => `<${s}>`],
  ] as const;

  for (const shell of ["/bin/dash", "/bin/bash"]) {
    it.each(LINES)(`%s, for ${shell}`, (_, line, printed) => {
      for (const secret of NASTY) {
        const filled = fillShellLine(line, new Map([["pg", secret]]));
        if (filled.kind === "odd") throw new Error(filled.why);
        const script = Buffer.from(filled.line, "latin1");
        const output = execFileSync(shell, ["-s"], { input: script, encoding: "latin1", stdio: "pipe" });
        expect(output).toBe(printed(secret));
      }
    });
  }
});

describe("a line is odd that has", () => {
  it.each([
    ["a heredoc", "cat <<E\n$SECRET:pg$\nE", "the line has <<"],
    ["a substitution", `x "$(echo $SECRET:pg$)"`, "the line has $("],
    ["one beside it", "x $SECRET:pg$ $(date)", "the line has $("],
    ["backquotes", "x `echo $SECRET:pg$`", "the line has a `"],
    ["those in quotes", 'x "`echo $SECRET:pg$`"', "the line has a `"],
    ["braces", `x "\${A:-$SECRET:pg$}"`, "the line has ${"],
    ["quotes of bash", "x $'a' $SECRET:pg$", "the line has $'"],
    ["arithmetic", "((1)); x $SECRET:pg$", "the line has (("],
    ["a comment", "x # it's $SECRET:pg$", "the line has a comment"],
    ["a backslash before it", "x \\$SECRET:pg$", "a backslash stands before it"],
    ["that in quotes", 'x "\\$SECRET:pg$"', "a backslash stands before it"],
    ["a dollar before it", "x $$SECRET:pg$", "a $ stands before it"],
    ["an open quote", "x '$SECRET:pg$", "a quote is not closed"],
  ])("%s", (_, line, why) => {
    expect(fillShellLine(line, new Map([["pg", "s3cret"]]))).toEqual({ kind: "odd", name: "pg", why });
  });
});
