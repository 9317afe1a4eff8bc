import type { ByteString } from "../byte-string.ts";

/** The fields of a text, by their names. */
export type Fields = ReadonlyMap<string, ByteString>;

/**
 * Reads lines `name=value`. A value ends at the line feed, and may contain `=`. If a name comes twice, the
 * last value is used, as by the C and the Go worker. An empty line ends the text, as in the C worker; the
 * core's module ends it so.
 *
 * The C and the Go worker differ in three things. The lines after an empty value are read, as by Go; C loses
 * them. A line without `=` is skipped, as by Go. Values are not trimmed, as by C: a host name must come back
 * to the core as it was sent, and blanks have a meaning in a shell.
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
    // The next `=` is searched only behind the last one, or a megabyte of lines without `=` would be read for
    // each line.
    if (equals < start) equals = text.indexOf("=", start);
  }
  return fields;
}

function lineEnd(text: ByteString, start: number): number {
  const end = text.indexOf("\n", start);
  return end === -1 ? text.length : end;
}
