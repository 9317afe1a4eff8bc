import { isUtf8 } from "node:buffer";

/**
 * A string in which every character is one byte (latin1). Payloads, command lines and plugin output are kept
 * this way from gearmand to gearmand, so that bytes that are no valid UTF-8 come back unchanged.
 */
export type ByteString = string;

/** Converts the worker's own text, such as an error's message, to UTF-8 bytes, one for each character. */
export function toByteString(text: string): ByteString {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** Reads the bytes as UTF-8, to show them to people. */
export function fromByteString(bytes: ByteString): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/**
 * What people read of a text that may be a byte string or the worker's own: bytes that are UTF-8 are read as
 * such, and all else stays as it is.
 */
export function readText(text: ByteString): string {
  if (!/[\x80-\xff]/.test(text) || /[^\0-\xff]/.test(text)) return text;
  return isUtf8(Buffer.from(text, "latin1")) ? fromByteString(text) : text;
}

/**
 * The text with `mark` for each control character: names come from the core and from files of others, and
 * must not steer a terminal, nor break a line. A byte string has to be read as text first.
 */
export function withoutControls(text: string, mark = "?"): string {
  return text.replace(/\p{Cc}/gu, mark);
}

/** Removes ASCII white space only: 0xA0 and 0x85 may be parts of UTF-8 sequences. */
export function trim(text: ByteString): ByteString {
  return trimEnd(text).replace(/^[ \t-\r]+/, "");
}

/** Uses no regular expression: it would read a long row of blanks again from each of its blanks on. */
export function trimEnd(text: ByteString): ByteString {
  let end = text.length;
  while (end > 0 && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}
