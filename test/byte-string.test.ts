import { expect, it } from "vitest";
import { readText, toByteString, trim, trimEnd } from "../src/byte-string.ts";

it.each([
  ["worker-1", "worker-1"],
  ["büro", "b\xc3\xbcro"],
  ["日", "\xe6\x97\xa5"],
])("%s becomes its UTF-8 bytes", (text, bytes) => {
  expect(toByteString(text)).toBe(bytes);
});

it.each([
  ["bytes that are UTF-8", "b\xc3\xbcro", "büro"],
  ["bytes that are not", "b\xfcro", "b\xfcro"],
  ["text of the worker's own", "über – alles", "über – alles"],
  ["ASCII", "worker-1", "worker-1"],
])("%s are shown to people as what they are", (_, text, shown) => {
  expect(readText(text)).toBe(shown);
});

it.each([
  ["", "", ""],
  [" \t\n\v\f\r", "", ""],
  ["\n a b\r\n", "a b", "\n a b"],
  ["\xa0a\x85", "\xa0a\x85", "\xa0a\x85"],
])("%j without ASCII white space at its ends is %j, at its end %j", (text, trimmed, trimmedEnd) => {
  expect(trim(text)).toBe(trimmed);
  expect(trimEnd(text)).toBe(trimmedEnd);
});

it("a million blanks inside a text cost no more than the text", () => {
  const text = `a${" ".repeat(1_000_000)}b`;
  expect(trim(text)).toBe(text);
});
