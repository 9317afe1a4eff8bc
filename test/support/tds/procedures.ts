/** A call of a procedure, MS-TDS 2.2.6.6. */
export interface ProcedureCall {
  readonly name: string;
  readonly parameters: readonly (string | undefined)[];
}

const KNOWN: Readonly<Record<number, string>> = {
  10: "sp_executesql",
  11: "sp_prepare",
  12: "sp_execute",
  13: "sp_prepexec",
  15: "sp_unprepare",
};

/** Reads the first call of a message. Parameters are given as text; those that are NULL as undefined. */
export function readProcedureCall(body: Buffer): ProcedureCall {
  const cursor = { at: body.readUInt32LE(0) };
  const name = readName(body, cursor);
  cursor.at += 2;
  const parameters: (string | undefined)[] = [];
  while (cursor.at < body.length && body.readUInt8(cursor.at) !== 0x80) {
    cursor.at += 1 + 2 * body.readUInt8(cursor.at) + 1;
    parameters.push(readParameter(body, cursor));
  }
  return { name, parameters };
}

interface Cursor {
  at: number;
}

function readName(body: Buffer, cursor: Cursor): string {
  const length = body.readUInt16LE(cursor.at);
  cursor.at += 2;
  if (length === 0xffff) {
    const id = body.readUInt16LE(cursor.at);
    cursor.at += 2;
    return KNOWN[id] ?? `procedure ${id}`;
  }
  const name = body.toString("utf16le", cursor.at, cursor.at + 2 * length);
  cursor.at += 2 * length;
  return name;
}

const UNICODE = [0xe7, 0xef];
const BYTES = [0xa7, 0xaf, 0xa5, 0xad];

function readParameter(body: Buffer, cursor: Cursor): string | undefined {
  const type = body.readUInt8(cursor.at);
  cursor.at += 1;
  if (UNICODE.includes(type) || BYTES.includes(type)) return readText(body, cursor, type);
  if (type === 0x63 || type === 0x23) return readLongText(body, cursor, type);
  if (type === 0x38) return take(body, cursor, 4).readInt32LE(0).toString();
  // INTN, BITN and FLTN: the greatest length, the length, the value.
  cursor.at += 1;
  const length = take(body, cursor, 1).readUInt8(0);
  const value = take(body, cursor, length);
  if (length === 0) return undefined;
  return type === 0x6d ? String(value.readDoubleLE(0)) : String(value.readIntLE(0, Math.min(length, 6)));
}

function readText(body: Buffer, cursor: Cursor, type: number): string | undefined {
  const most = take(body, cursor, 2).readUInt16LE(0);
  if (type !== 0xa5 && type !== 0xad) cursor.at += 5;
  const encoding = UNICODE.includes(type) ? "utf16le" : "latin1";
  if (most === 0xffff) return readPieces(body, cursor)?.toString(encoding);
  const length = take(body, cursor, 2).readUInt16LE(0);
  return length === 0xffff ? undefined : take(body, cursor, length).toString(encoding);
}

function readPieces(body: Buffer, cursor: Cursor): Buffer | undefined {
  if (take(body, cursor, 8).equals(Buffer.alloc(8, 0xff))) return undefined;
  const all: Buffer[] = [];
  for (;;) {
    const length = take(body, cursor, 4).readUInt32LE(0);
    if (length === 0) return Buffer.concat(all);
    all.push(take(body, cursor, length));
  }
}

/** NTEXT and TEXT. */
function readLongText(body: Buffer, cursor: Cursor, type: number): string | undefined {
  cursor.at += 4 + 5;
  const length = take(body, cursor, 4).readInt32LE(0);
  if (length < 0) return undefined;
  return take(body, cursor, length).toString(type === 0x63 ? "utf16le" : "latin1");
}

function take(body: Buffer, cursor: Cursor, length: number): Buffer {
  cursor.at += length;
  return body.subarray(cursor.at - length, cursor.at);
}
