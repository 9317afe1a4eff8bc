import type { ByteString } from "../../byte-string.ts";

/** One word as sh reads it back unchanged. The word must not contain NUL. */
export function quoteWord(word: ByteString): ByteString {
  return /^[A-Za-z0-9_/.,:@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
