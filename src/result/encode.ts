import type { ByteString } from "../byte-string.ts";
import { RESULT_FIELDS, type Result } from "./result.ts";

const ACTIVE = "type=active\n";
const PASSIVE = "type=passive\n";

/** Result → payload text, ready to be sealed. */
export function encodeResult(result: Result): ByteString {
  let text = "";
  for (const { name, write } of RESULT_FIELDS) {
    const value = write(result);
    if (value !== undefined) text += `${name}=${value}\n`;
  }
  return text;
}

/** The same result for a dupserver, whose core did not ask for it and takes it as a passive one. */
export function asPassive(encoded: ByteString): ByteString {
  return encoded.startsWith(ACTIVE) ? PASSIVE + encoded.slice(ACTIVE.length) : encoded;
}
