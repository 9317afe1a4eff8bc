import { describe, expect, it } from "vitest";
import { MAX_OUTPUT } from "../../src/outcome/outcome.ts";
import { bracketStderr, escapeLineFeeds, joinLines, readOutput } from "../../src/result/output.ts";

describe("readOutput", () => {
  it.each([
    ["keeps a plain line", "OK|a=1", "OK|a=1"],
    ["drops the last line feed", "OK\n", "OK"],
    ["drops white space and NULs around", "\0\n \t\v\f\r OK \r\n\0\n", "OK"],
    ["keeps white space inside", "OK  a\r\n\n  b", "OK  a\r\n\n  b"],
    ["keeps bytes that are blanks to JavaScript", "\xa0\x85OK\xc3\xa0", "\xa0\x85OK\xc3\xa0"],
    ["keeps a byte order mark", "\xef\xbb\xbfOK", "\xef\xbb\xbfOK"],
    ["drops the rest of a line after a NUL", "a\0b\nc\0d\ne", "a\nc\ne"],
    ["drops blanks a NUL leaves at the end", "a \0b", "a"],
    ["keeps backslashes", "C:\\new\\\\table", "C:\\new\\\\table"],
    ["makes nothing of white space", " \n\t\0", ""],
    ["makes nothing of nothing", "", ""],
  ])("%s", (_, written, output) => {
    expect(readOutput(written)).toBe(output);
  });

  it("keeps 10 MiB and cuts the rest off", () => {
    const whole = "x".repeat(MAX_OUTPUT);
    expect(MAX_OUTPUT).toBe(10_485_760);
    expect(readOutput(whole)).toBe(whole);
    expect(readOutput(`${whole}yz\n`)).toBe(whole);
  });
});

describe("the parts of an output", () => {
  it.each([
    ["error\n", "[error]"],
    [" \n", ""],
    ["", ""],
    ["two\nlines\n", "[two\nlines]"],
  ])("bracketStderr(%j)", (stderr, text) => {
    expect(bracketStderr(stderr)).toBe(text);
  });

  it.each([
    [["a", "b", "c"], "a\nb\nc"],
    [["a", "", "c"], "a\nc"],
    [["", ""], ""],
  ])("joinLines(%j)", (texts, joined) => {
    expect(joinLines(...texts)).toBe(joined);
  });

  it("escapes only line feeds", () => {
    expect(escapeLineFeeds("a\n\nb\\c\\n\r\td")).toBe("a\\n\\nb\\c\\n\r\td");
  });
});
