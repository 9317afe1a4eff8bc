import type { ByteString } from "../byte-string.ts";

/** What a plugin may say at most, each on stdout and stderr: the C worker's limit. The rest is cut off. */
export const OUTPUT_LIMIT = 10 * 1024 * 1024;

const BLANK = 0x20;
const TAB = 0x09;
const CARRIAGE_RETURN = 0x0d;

/**
 * What a plugin wrote → what counts of it: cut at the limit, without white space and NULs around it (as Go;
 * the core strips them anyway) and without what follows a NUL in its line (as C, which reads lines as C
 * strings; but the line feed stays, C glues the next line on).
 */
export function readOutput(written: ByteString): ByteString {
  const output = trim(written.length > OUTPUT_LIMIT ? written.slice(0, OUTPUT_LIMIT) : written);
  return output.includes("\0") ? trim(output.replace(/\0[^\n]*/g, "")) : output;
}

/** ASCII white space and NULs only: 0x85 and 0xA0, blanks to JavaScript, are parts of UTF-8 sequences here. */
function trim(text: ByteString): ByteString {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isBlank(byte: number): boolean {
  return byte === BLANK || byte === 0 || (byte >= TAB && byte <= CARRIAGE_RETURN);
}

/** Go's form, `[stderr]` on a line of its own; C puts an empty line before and a blank behind. */
export function bracketStderr(stderr: ByteString): ByteString {
  const text = readOutput(stderr);
  return text === "" ? "" : `[${text}]`;
}

/** Texts on lines of their own, without empty lines for the missing ones. */
export function joinLines(...texts: readonly ByteString[]): ByteString {
  return texts.filter((text) => text !== "").join("\n");
}

/**
 * A result's fields end with the line feed, so the output's own travel as `\n` in two characters. The core
 * turns them back, and only them: so backslashes are not doubled (C doubles them, and they stay doubled).
 */
export function escapeLineFeeds(output: ByteString): ByteString {
  return output.replaceAll("\n", "\\n");
}
