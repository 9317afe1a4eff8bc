import { expect, it } from "vitest";
import { quoteWord } from "../../../src/executor/shells/quote-word.ts";

it.each([
  ["plain-word_1.2/3,4:5@6%7+8", "plain-word_1.2/3,4:5@6%7+8"],
  ["", "''"],
  ["a b", "'a b'"],
  ["it's", "'it'\\''s'"],
  ["A=1", "'A=1'"],
  ["~", "'~'"],
  ["\xc3\x84\n", "'\xc3\x84\n'"],
])("%j is %s", (word, quoted) => {
  expect(quoteWord(word)).toBe(quoted);
});
