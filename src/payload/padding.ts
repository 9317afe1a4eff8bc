import type { ByteString } from "../byte-string.ts";
import { BLOCK_LENGTH } from "./cipher.ts";

const NUL = 0x00;
const LINE_FEED = 0x0a;
const NULS = "\0".repeat(BLOCK_LENGTH);

/** Adds NULs up to a whole block, at least one: the core is a C program, and reads up to the first NUL. */
export function pad(text: ByteString): ByteString {
  return text + NULS.slice(text.length % BLOCK_LENGTH);
}

/**
 * The length of the text. The C worker pads with 1 to 17 NULs, the Go worker with up to 15 line feeds, other
 * libraries with PKCS#5, as Sakuli 1. The line feeds at the end of a text are cut, too: they look like the Go
 * worker's padding. So it makes no difference that ten of them are also PKCS#5 padding of ten bytes.
 */
export function unpaddedLength(bytes: Buffer): number {
  let end = bytes.length - pkcs5Length(bytes);
  while (end > 0 && isFiller(bytes[end - 1])) end -= 1;
  return end;
}

function isFiller(byte: number | undefined): boolean {
  return byte === NUL || byte === LINE_FEED;
}

/** PKCS#5 padding is n bytes of the value n, from 1 to 16. Gives 0 if the bytes do not end with it. */
function pkcs5Length(bytes: Buffer): number {
  const length = bytes.at(-1) ?? 0;
  if (length > BLOCK_LENGTH || length > bytes.length) return 0;
  for (let i = bytes.length - length; i < bytes.length; i += 1) {
    if (bytes[i] !== length) return 0;
  }
  return length;
}
