/**
 * A byte string: every character is one byte (latin1). Payloads, command lines and plugin output are
 * kept this way from gearmand to gearmand, so that bytes that are no valid UTF-8 come back unchanged.
 */
export type ByteString = string;

/** Text of ours (an argument, an error's message) → its UTF-8 bytes, one a character. */
export function toByteString(text: string): ByteString {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** For people: bytes → the text they are in UTF-8. */
export function fromByteString(bytes: ByteString): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/** ASCII white space only: 0xA0 and 0x85 are parts of UTF-8 sequences. */
export function trim(text: ByteString): ByteString {
  return trimEnd(text).replace(/^[ \t-\r]+/, "");
}

/** By no regular expression: one looks at every run of blanks again from each of its blanks on. */
export function trimEnd(text: ByteString): ByteString {
  let end = text.length;
  while (end > 0 && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}
