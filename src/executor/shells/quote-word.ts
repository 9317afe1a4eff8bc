import type { ByteString } from "../../byte-string.ts";

/** Quotes a word, so that sh reads it unchanged. The word must not contain a NUL byte. */
export function quoteWord(word: ByteString): ByteString {
  return /^[A-Za-z0-9_/.,:@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
