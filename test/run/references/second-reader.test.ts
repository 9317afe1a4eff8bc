import { describe, expect, it } from "vitest";
import { findSecondReader, isPlain } from "../../../src/run/references/second-reader.ts";

describe("words are read a second time by", () => {
  it.each([
    ["sh -c 'x $SECRET:a$'", "sh"],
    ["/bin/bash -lc 'x $SECRET:a$'", "bash"],
    ["echo $SECRET:a$ | sh", "sh"],
    ["/p/negate /bin/sh -c 'x $SECRET:a$'", "sh"],
    ["eval x $SECRET:a$", "eval"],
    ["/p/check_by_ssh -H h -C 'x $SECRET:a$'", "check_by_ssh"],
    ["ssh h x $SECRET:a$", "ssh"],
    ["su -c 'x $SECRET:a$' me", "su"],
    ["perl -e 'print q($SECRET:a$)'", "perl"],
    ["python3 -c 'x' $SECRET:a$", "python3"],
    ["perl -T -w", "perl"],
    ["/p/urlize http://x /p/y $SECRET:a$", "urlize"],
    ["env -S 'x $SECRET:a$'", "env"],
  ])("%s", (line, reader) => expect(findSecondReader(line)).toBe(reader));
});

it.each([
  "/p/check_x -p $SECRET:a$",
  "perl -T -w /p/check_x.pl -p $SECRET:a$",
  "bash /p/check_x.sh -p $SECRET:a$",
  "/p/negate /p/check_x $SECRET:a$",
  "sudo -n /p/check_x $SECRET:a$",
  "perl -T /p/check_x.pl -e $SECRET:a$",
])("not by %s", (line) => expect(findSecondReader(line)).toBeUndefined());

it("a plain secret means nothing to any reader", () => {
  expect(isPlain("Ab9_/.,:@%+=-")).toBe(true);
  for (const character of " \t\n'\"`$\\;&|<>()[]{}*?~#!^") expect(isPlain(`a${character}`)).toBe(false);
});
