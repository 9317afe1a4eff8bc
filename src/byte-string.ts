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
  return text.replace(/^[ \t-\r]+|[ \t-\r]+$/g, "");
}

export function trimEnd(text: ByteString): ByteString {
  return text.replace(/[ \t-\r]+$/, "");
}
