import type { ByteString } from "../../../src/byte-string.ts";

/** One value of a plugin, `'label'=value[unit];warn;crit;min;max`, in its parts as they were written. */
export interface PerfdataItem {
  /** Without the quotes around it. */
  readonly label: ByteString;
  /** The value with its unit. */
  readonly value: ByteString;
  readonly warn: string;
  readonly crit: string;
  readonly min: string;
  readonly max: string;
}

const [BLANK, QUOTE] = [0x20, 0x27];

/**
 * Finds the items of a plugin's perfdata. It reads each character once or twice, and takes a label of a
 * megabyte as it takes a short one. A label without quotes may have blanks, as nagflux reads it. A quoted one
 * may have `=`; `''` in it stays as it is.
 */
export function readPerfdata(text: ByteString, each: (item: PerfdataItem) => void): void {
  let at = afterBlanks(text, 0);
  while (at < text.length) {
    const equals = findEquals(text, at);
    if (equals === -1) return;
    const end = findBlank(text, equals + 1);
    const label = unquote(text, at, equals);
    if (label !== "") each(splitItem(label, text.slice(equals + 1, end)));
    at = afterBlanks(text, end);
  }
}

/** Where the `=` behind the label is. Without a closing quote the opening one is a character of the label. */
function findEquals(text: ByteString, start: number): number {
  if (text.charCodeAt(start) === QUOTE) {
    const closing = text.indexOf("'=", start + 1);
    if (closing !== -1) return closing + 1;
  }
  return text.indexOf("=", start);
}

function unquote(text: ByteString, start: number, equals: number): ByteString {
  const isQuoted =
    equals - start > 1 && text.charCodeAt(start) === QUOTE && text.charCodeAt(equals - 1) === QUOTE;
  return isQuoted ? text.slice(start + 1, equals - 1) : text.slice(start, equals);
}

function splitItem(label: ByteString, text: ByteString): PerfdataItem {
  const value = endOfPart(text, 0);
  const warn = endOfPart(text, value + 1);
  const crit = endOfPart(text, warn + 1);
  const min = endOfPart(text, crit + 1);
  return {
    label,
    value: text.slice(0, value),
    warn: text.slice(value + 1, warn),
    crit: text.slice(warn + 1, crit),
    min: text.slice(crit + 1, min),
    max: text.slice(min + 1, endOfPart(text, min + 1)),
  };
}

/** Where the `;` is, or the end of the text. */
function endOfPart(text: string, start: number): number {
  const end = start < text.length ? text.indexOf(";", start) : -1;
  return end === -1 ? text.length : end;
}

/** Everything up to a blank is white space, as in C, or a control character. */
function afterBlanks(text: string, start: number): number {
  let at = start;
  while (at < text.length && text.charCodeAt(at) <= BLANK) at += 1;
  return at;
}

function findBlank(text: string, start: number): number {
  let at = start;
  while (at < text.length && text.charCodeAt(at) > BLANK) at += 1;
  return at;
}
