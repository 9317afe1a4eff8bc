import { expect, it } from "vitest";
import { toByteString } from "../src/byte-string.ts";

it.each([
  ["worker-1", "worker-1"],
  ["büro", "b\xc3\xbcro"],
  ["日", "\xe6\x97\xa5"],
])("%s becomes its UTF-8 bytes", (text, bytes) => {
  expect(toByteString(text)).toBe(bytes);
});
