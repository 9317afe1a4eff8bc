import type { ByteString } from "../byte-string.ts";
import { RESULT_FIELDS, type Result } from "./result.ts";

const ACTIVE = "type=active\n";
const PASSIVE = "type=passive\n";

/** The text of a result's payload, before it is sealed. */
export function encodeResult(result: Result): ByteString {
  const parts: ByteString[] = [];
  for (const { name, write } of RESULT_FIELDS) {
    const value = write(result);
    if (value !== undefined) parts.push(name, "=", value, "\n");
  }
  // In one piece: what `+=` makes is a tree, which costs much more memory until it is written.
  return parts.join("");
}

/** The same result for a dupserver, whose core takes it for a passive one, as it did not ask for it. */
export function asPassive(encoded: ByteString): ByteString {
  return encoded.startsWith(ACTIVE) ? PASSIVE + encoded.slice(ACTIVE.length) : encoded;
}
