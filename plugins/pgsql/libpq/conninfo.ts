import { CheckDeclined } from "../../../sdk/index.ts";
import { ConnectionFailure } from "./failure.ts";

/** Values by keyword. Of a keyword that is given more than once the last value counts. */
export type Conninfo = ReadonlyMap<string, string>;

const SPACE = /[ \t\n\v\f\r]/;
const SPACES = /[ \t\n\v\f\r]*/y;

/**
 * Reads `keyword = 'value' …` as `conninfo_parse` of libpq does. Throws a ConnectionFailure in libpq's words,
 * and declines an unknown keyword where it stands.
 */
export function parseConninfo(text: string, isKeyword: (name: string) => boolean): Conninfo {
  const values = new Map<string, string>();
  let at = skipSpaces(text, 0);
  while (at < text.length) {
    const name = readName(text, at);
    const value = readValue(text, skipSpaces(text, name.end));
    if (!isKeyword(name.text)) throw new CheckDeclined("a parameter that only libpq knows");
    values.set(name.text, value.text);
    at = skipSpaces(text, value.end);
  }
  return values;
}

interface Piece {
  readonly text: string;
  readonly end: number;
}

function skipSpaces(text: string, from: number): number {
  SPACES.lastIndex = from;
  SPACES.test(text);
  return SPACES.lastIndex;
}

function readName(text: string, from: number): Piece {
  let end = from;
  while (end < text.length && text[end] !== "=" && !SPACE.test(text[end] ?? "")) end += 1;
  const name = text.slice(from, end);
  const equals = skipSpaces(text, end);
  if (text[equals] !== "=") {
    throw new ConnectionFailure(`missing "=" after "${name}" in connection info string\n`);
  }
  return { text: name, end: equals + 1 };
}

function readValue(text: string, from: number): Piece {
  const isQuoted = text[from] === "'";
  let value = "";
  for (let at = isQuoted ? from + 1 : from; at < text.length; at += 1) {
    const char = text[at] ?? "";
    if (isQuoted ? char === "'" : SPACE.test(char)) return { text: value, end: at + 1 };
    if (char === "\\") at += 1;
    value += char === "\\" ? (text[at] ?? "") : char;
  }
  if (isQuoted) throw new ConnectionFailure("unterminated quoted string in connection info string\n");
  return { text: value, end: text.length };
}
