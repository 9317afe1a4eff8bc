import type { ByteString } from "../byte-string.ts";
import { BLOCK_LENGTH } from "./cipher.ts";

const NUL = 0x00;
const LINE_FEED = 0x0a;
const NULS = "\0".repeat(BLOCK_LENGTH);

/** NULs up to a whole block, one at least: the core is C and reads up to the first NUL. */
export function pad(text: ByteString): ByteString {
  return text + NULS.slice(text.length % BLOCK_LENGTH);
}

/**
 * Where the text ends. C pads with 1 to 17 NULs, Go with up to 15 line feeds, other libraries as PKCS#5
 * says. The line feeds every text ends with go as well: they cannot be told from Go's padding.
 */
export function unpaddedLength(bytes: Buffer): number {
  let end = bytes.length - pkcs5Length(bytes);
  while (end > 0 && isFiller(bytes[end - 1])) end -= 1;
  return end;
}

function isFiller(byte: number | undefined): boolean {
  return byte === NUL || byte === LINE_FEED;
}

/** PKCS#5: n bytes of the value n, 1 to 16; 0 if the bytes do not end that way. */
function pkcs5Length(bytes: Buffer): number {
  const length = bytes.at(-1) ?? 0;
  if (length > BLOCK_LENGTH || length > bytes.length) return 0;
  for (let i = bytes.length - length; i < bytes.length; i += 1) {
    if (bytes[i] !== length) return 0;
  }
  return length;
}
