import type { ByteString } from "../byte-string.ts";

/** The fields of a text by name. */
export type Fields = ReadonlyMap<string, ByteString>;

/**
 * `name=value` lines → fields. A value runs to the line feed and may contain `=`; of a name given twice the
 * last counts (both peers); a blank line ends the text (C, and where the core's module ends it).
 *
 * Where the peers differ: an empty value hides nothing (C loses every line after it; Go is right), lines
 * without `=` are skipped (Go), and values are not trimmed (C is right: a host name must come back to the
 * core as it was sent, and blanks mean something to a shell).
 */
export function readLines(text: ByteString): Fields {
  const fields = new Map<string, ByteString>();
  let start = 0;
  let equals = text.indexOf("=");
  while (equals !== -1) {
    const end = lineEnd(text, start);
    if (end === start) break;
    if (equals < end) {
      fields.set(text.slice(start, equals), text.slice(equals + 1, end));
    }
    start = end + 1;
    // Looked up again only once passed: a megabyte of lines without `=` must not be scanned for each line.
    if (equals < start) equals = text.indexOf("=", start);
  }
  return fields;
}

function lineEnd(text: ByteString, start: number): number {
  const end = text.indexOf("\n", start);
  return end === -1 ? text.length : end;
}
