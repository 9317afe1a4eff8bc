import { isUtf8 } from "node:buffer";
import { CheckDeclined } from "../../../sdk/index.ts";
import { isAscii, type ServerMessage } from "../libpq/server-error.ts";

/** The last result of a query, as `PQexec` gives it. Texts are byte strings. */
export type QueryResult =
  | {
      readonly kind: "rows";
      readonly rows: number;
      readonly columns: number;
      readonly first: string | undefined;
    }
  /** A command without rows, an empty query, or COPY. */
  | { readonly kind: "none" }
  | { readonly kind: "error"; readonly error: ServerMessage };

/** The body of a message: the bytes from `start` to `end`. */
export interface Body {
  readonly data: Buffer;
  readonly start: number;
  readonly end: number;
}

/** The letters of messages that servers send. */
export const LETTER = {
  notice: letter("N"),
  parameter: letter("S"),
  notification: letter("A"),
  error: letter("E"),
  columns: letter("T"),
  row: letter("D"),
  complete: letter("C"),
  empty: letter("I"),
  copyIn: letter("G"),
  copyOut: letter("H"),
  ready: letter("Z"),
  authentication: letter("R"),
  key: letter("K"),
} as const;

/** The state of a session outside of a transaction. */
export const IDLE = letter("I");

function letter(name: string): number {
  return name.charCodeAt(0);
}

/** The message with which a client ends its session. */
export const TERMINATE = Buffer.from([0x58, 0, 0, 0, 4]);

const QUERY = 0x51;
/** Bytes of a message's letter, of its length, and of the NUL behind a text. */
const AROUND = 6;

/** Queries, one after the other, as they are sent. The texts are ASCII. */
export function encodeQueries(...texts: readonly string[]): Buffer {
  const bytes = Buffer.allocUnsafe(texts.reduce((sum, { length }) => sum + length + AROUND, 0));
  let at = 0;
  for (const text of texts) {
    bytes[at] = QUERY;
    bytes.writeUInt32BE(text.length + AROUND - 1, at + 1);
    bytes.write(text, at + AROUND - 1, "latin1");
    at += text.length + AROUND;
    bytes[at - 1] = 0;
  }
  return bytes;
}

/** Bytes of a column's description behind its name. */
const OF_COLUMN = 18;
/** The form of its values, which the last two of them name. */
const TEXT_FORM = 0;

/** How many columns the rows have that follow. */
export function readColumns({ data, start, end }: Body): number {
  if (end - start < 2) throw unknown();
  const count = data.readUInt16BE(start);
  let at = start + 2;
  for (let column = 0; column < count; column += 1) {
    const name = data.indexOf(0, at);
    if (name < 0) throw unknown();
    at = name + 1 + OF_COLUMN;
    // Bytes of a binary cursor: their text ends with the first NUL.
    if (at <= end && data.readUInt16BE(at - 2) !== TEXT_FORM) throw unknown();
  }
  if (at !== end) throw unknown();
  return count;
}

/**
 * The place of a row's first value. Undefined: it is NULL, or the row has none.
 *
 * @param columns how many the row must have
 */
export function findFirst({ data, start, end }: Body, columns: number): Body | undefined {
  if (end - start < 2 || data.readUInt16BE(start) !== columns) throw unknown();
  let first: Body | undefined;
  let at = start + 2;
  for (let left = columns; left > 0; left -= 1) {
    if (at + 4 > end) throw unknown();
    const length = data.readInt32BE(at);
    at += 4;
    if (length < -1) throw unknown();
    if (length === -1) continue;
    if (first === undefined && at === start + 6) first = { data, start: at, end: at + length };
    at += length;
  }
  if (at !== end) throw unknown();
  return first;
}

/** The letters of the fields that libpq shows. */
const FIELDS = {
  S: "severity",
  C: "code",
  M: "message",
  D: "detail",
  H: "hint",
  W: "where",
  P: "position",
  p: "internalPosition",
  q: "internalQuery",
} as const satisfies Readonly<Record<string, keyof ServerMessage>>;

/**
 * Reads an error or a notice. Each field is a letter and a text up to a NUL. One more NUL ends the list.
 *
 * @param encoding the one of the server
 */
export function readMessage({ data, start, end }: Body, encoding: string | undefined): ServerMessage {
  const fields: { -readonly [Name in keyof ServerMessage]?: ServerMessage[Name] } = {};
  let at = start;
  while (at < end && data[at] !== 0) {
    const stop = data.indexOf(0, at + 1);
    if (stop < 0 || stop >= end) throw unknown();
    const name = FIELDS[String.fromCharCode(data[at] ?? 0) as keyof typeof FIELDS];
    if (name !== undefined) fields[name] = readText({ data, start: at + 1, end: stop }, encoding);
    at = stop + 1;
  }
  if (at !== end - 1) throw unknown();
  const { severity, code = "", message = "" } = fields;
  if (severity === undefined) throw unknown();
  return { ...fields, severity, code, message };
}

/**
 * A text as a byte string. libpq passes on the bytes of the database's own encoding; the session has UTF-8.
 */
export function readText({ data, start, end }: Body, encoding: string | undefined): string {
  const text = data.toString("latin1", start, end);
  if (isAscii(text)) return text;
  if (encoding !== "UTF8" || !isUtf8(data.subarray(start, end)))
    throw new CheckDeclined("words in the encoding of the database");
  return text;
}

/** Looks at the beginning of a copy: a form, how many columns there are, and the form of each. */
export function requireCopy({ data, start, end }: Body): void {
  if (end - start < 3 || end - start !== 3 + 2 * data.readUInt16BE(start + 1)) throw unknown();
}

/** Looks at a notification: the process, a channel and a text. */
export function requireNotification({ data, start, end }: Body): void {
  const [, , ...rest] = data.toString("latin1", start + PROCESS_BYTES, end).split("\0");
  if (end - start < PROCESS_BYTES || rest.length !== 1 || rest[0] !== "") throw unknown();
}

const PROCESS_BYTES = 4;

/** The name of a parameter, and its value. */
export function readParameter({ data, start, end }: Body): readonly [name: string, value: string] {
  const [name = "", value = "", ...rest] = data.toString("latin1", start, end).split("\0");
  if (rest.length !== 1 || rest[0] !== "") throw unknown();
  return [name, value];
}

export function unknown(): CheckDeclined {
  return new CheckDeclined("the server speaks what only libpq knows");
}
