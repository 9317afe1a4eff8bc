import type { ByteString } from "../byte-string.ts";
import { MAX_OUTPUT } from "../outcome/outcome.ts";

const BLANK = 0x20;
const TAB = 0x09;
const CARRIAGE_RETURN = 0x0d;

/**
 * The part of a plugin's output that counts. It is cut at the limit. White space and NULs around it are
 * removed, as by the Go worker; the core removes them anyway. In a line with a NUL, the rest of the line is
 * removed, as by the C worker, which reads lines as C strings. The line feed stays; the C worker joins the
 * next line to it.
 */
export function readOutput(written: ByteString): ByteString {
  const output = trim(written.length > MAX_OUTPUT ? written.slice(0, MAX_OUTPUT) : written);
  return output.includes("\0") ? trim(output.replace(/\0[^\n]*/g, "")) : output;
}

/** Removes ASCII white space and NULs only. 0x85 and 0xA0 may be parts of UTF-8 here. */
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

/** The Go worker's form: `[stderr]` on its own line. The C worker adds an empty line and a blank. */
export function bracketStderr(stderr: ByteString): ByteString {
  const text = readOutput(stderr);
  return text === "" ? "" : `[${text}]`;
}

/** Removes a line feed at the start and at the end, which parts that are empty have left there. */
export function dropOuterLineFeeds(text: ByteString): ByteString {
  return text.replace(/^\n|\n$/g, "");
}

/** Puts each text on its own line. Empty texts are left out. */
export function joinLines(...texts: readonly ByteString[]): ByteString {
  return texts.filter((text) => text !== "").join("\n");
}

/**
 * A line feed ends a field of the result, so the line feeds of the output are sent as the two characters
 * `\n`. The core turns them back, and nothing else. So backslashes are not doubled; the C worker doubles
 * them, and they stay doubled.
 */
export function escapeLineFeeds(output: ByteString): ByteString {
  return output.replaceAll("\n", "\\n");
}
