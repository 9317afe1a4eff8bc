import { type Failure, readFailure } from "../libmariadb/failure.ts";

/** A row: its values as byte strings. Undefined is NULL. */
export type Row = readonly (string | undefined)[];

/** What a server answers to a query: the first of its results. */
export type QueryResult =
  | {
      readonly kind: "rows";
      readonly columns: readonly string[];
      readonly count: number;
      /** The rows that were to be kept. */
      readonly rows: readonly Row[];
    }
  /** A statement without rows. */
  | { readonly kind: "none" }
  /** `query`: before there were rows, as `mysql_query` finds it. `rows`: as `mysql_store_result` does. */
  | { readonly kind: "failed"; readonly at: "query" | "rows"; readonly failure: Failure };

/** The first bytes of packets. */
const [OK, LOCAL_INFILE, END, ERROR] = [0x00, 0xfb, 0xfe, 0xff];
/** Flags of a server's status. */
const [IN_TRANSACTION, MORE_RESULTS, SESSION_CHANGED] = [0x1, 0x8, 0x4000];
/** A row may begin with the same byte as the end, but is longer then. */
const MAX_END = 7;

/** Reads the packets of a result, as libmariadb reads them. Throws for what is no result. */
export class ResultReader {
  /** Whether a transaction is under way after it. */
  isInTransaction = false;
  /** Whether the server has more results, which the plugins do not read. */
  hasMore = false;
  readonly #most: number;
  readonly #columns: string[] = [];
  readonly #rows: Row[] = [];
  #awaits: "header" | "columns" | "rows" = "header";
  #width = 0;
  #count = 0;
  #result: QueryResult | undefined;

  /** @param most so many rows are kept */
  constructor(most: number) {
    this.#most = most;
  }

  /** Undefined while it is not whole. */
  get result(): QueryResult | undefined {
    return this.#result;
  }

  /** What it comes to if the connection ends now. */
  fail(failure: Failure): QueryResult {
    return { kind: "failed", at: this.#awaits === "rows" ? "rows" : "query", failure };
  }

  /** Takes a packet, from `start` to `end`. Returns whether the result is whole. */
  push(data: Buffer, start: number, end: number): boolean {
    const first = data[start];
    if (first === ERROR) this.#result = this.fail(readError(data.subarray(start, end)));
    else if (this.#awaits === "header") this.#readHeader(new PacketReader(data, start, end), first);
    else if (first === END && end - start <= MAX_END) this.#readEnd(data, start, end);
    else if (this.#awaits === "columns") this.#columns.push(readColumn(new PacketReader(data, start, end)));
    else this.#readRow(new PacketReader(data, start, end));
    return this.#result !== undefined;
  }

  #readHeader(reader: PacketReader, first: number | undefined): void {
    if (first === LOCAL_INFILE) throw new Error("the server asks for a file");
    const length = reader.length();
    if (first === OK) {
      this.#readStatus(readOk(reader));
      this.#result = { kind: "none" };
      return;
    }
    this.#width = length ?? 0;
    this.#awaits = "columns";
  }

  #readEnd(data: Buffer, start: number, end: number): void {
    if (end - start < 5) throw new Error("an end without a status");
    if (this.#awaits === "columns") {
      if (this.#columns.length !== this.#width) throw new Error("another number of columns");
      this.#awaits = "rows";
      return;
    }
    this.#readStatus(data.readUInt16LE(start + 3));
    const [columns, rows, count] = [this.#columns, this.#rows, this.#count];
    this.#result = { kind: "rows", columns, rows, count };
  }

  #readRow(reader: PacketReader): void {
    this.#count += 1;
    const isKept = this.#rows.length < this.#most;
    const row: (string | undefined)[] = [];
    for (let column = 0; column < this.#width; column += 1) {
      if (isKept) row.push(reader.text());
      else reader.skipText();
    }
    if (reader.left > 0) throw new Error("a row that is longer than its values");
    if (isKept) this.#rows.push(row);
  }

  #readStatus(status: number): void {
    this.isInTransaction = (status & IN_TRANSACTION) !== 0;
    this.hasMore = (status & MORE_RESULTS) !== 0;
  }
}

/** Whether a packet is the end of a login, as libmariadb takes it, and says of no results that follow. */
export function isWholeOk(packet: Buffer): boolean {
  const reader = new PacketReader(packet, 0, packet.length);
  try {
    if (reader.length() !== OK) return false;
    return (readOk(reader) & MORE_RESULTS) === 0;
  } catch {
    return false;
  }
}

/** Reads what follows the first byte: rows and identifier, the status, warnings, and what else is said. */
function readOk(reader: PacketReader): number {
  reader.length();
  reader.length();
  const status = reader.uint16();
  reader.uint16();
  if (reader.left > 0) reader.skipText();
  if (reader.left > 0 && (status & SESSION_CHANGED) !== 0) requireChanges(reader);
  return status;
}

/** How many texts a change of the session has, by its kind: a variable, a database, a transaction's. */
const TEXTS_OF_CHANGE: ReadonlyMap<number | undefined, number> = new Map([
  [0, 2],
  [1, 1],
  [4, 1],
]);

/** Looks whether what has changed in the session is told as real servers do. libmariadb reads it. */
function requireChanges(reader: PacketReader): void {
  const all = reader.part();
  if (reader.left > 0) throw new Error("bytes behind the changes of a session");
  while (all.left > 0) {
    const texts = TEXTS_OF_CHANGE.get(all.length());
    const change = all.part();
    for (let left = texts ?? 0; left > 0; left -= 1) change.skipText();
    if (texts !== undefined && change.left > 0) throw new Error("another change of a session");
  }
}

function readError(packet: Buffer): Failure {
  const failure = readFailure(packet);
  if (failure === undefined) throw new Error("an error that only clients give");
  return failure;
}

/** Bytes of a column's description behind its texts. */
const OF_COLUMN = 12;

/** The name of a column: the fifth text of its description. */
function readColumn(reader: PacketReader): string {
  for (let text = 0; text < 4; text += 1) reader.skipText();
  const name = reader.text() ?? "";
  reader.skipText();
  // MariaDB may say more of a type.
  if (reader.left > OF_COLUMN + 1) reader.skipText();
  if (reader.length() !== OF_COLUMN || reader.left !== OF_COLUMN)
    throw new Error("another description of a column");
  return name;
}

/** Reads numbers and texts with a length before them. Throws where the packet is too short. */
class PacketReader {
  readonly #data: Buffer;
  readonly #end: number;
  #at: number;

  constructor(data: Buffer, start: number, end: number) {
    this.#data = data;
    this.#at = start;
    this.#end = end;
  }

  /** Bytes that are not read yet. */
  get left(): number {
    return this.#end - this.#at;
  }

  uint16(): number {
    const at = this.#pass(2);
    return this.#data.readUInt16LE(at);
  }

  /** Undefined is NULL. */
  length(): number | undefined {
    const first = this.#data.readUInt8(this.#pass(1));
    if (first === 251) return undefined;
    if (first < 251) return first;
    const bytes = first === 252 ? 2 : first === 253 ? 3 : 8;
    const at = this.#pass(bytes);
    return bytes === 8 ? this.#data.readUInt32LE(at) : this.#data.readUIntLE(at, bytes);
  }

  text(): string | undefined {
    const length = this.length();
    if (length === undefined) return undefined;
    const at = this.#pass(length);
    return this.#data.toString("latin1", at, at + length);
  }

  /** What follows a length. */
  part(): PacketReader {
    const length = this.length() ?? 0;
    const at = this.#pass(length);
    return new PacketReader(this.#data, at, at + length);
  }

  skipText(): void {
    this.#pass(this.length() ?? 0);
  }

  /** Gives where so many bytes begin, and goes on behind them. */
  #pass(bytes: number): number {
    const at = this.#at;
    if (at + bytes > this.#end) throw new Error("a packet that is too short");
    this.#at = at + bytes;
    return at;
  }
}
