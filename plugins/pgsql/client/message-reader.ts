import { CheckDeclined } from "../../../sdk/index.ts";

/** Bytes of a message's letter and its length. The length counts itself. */
const HEADER = 5;
const LENGTH = 4;
/** Letters of errors and notices, which are lists of fields. */
const [ERROR, NOTICE] = [0x45, 0x4e];
const NOTHING = Buffer.alloc(0);

/**
 * Cuts what a server sends into whole messages. The driver's parser would never end with an error whose list
 * of fields has no end, and so would the worker not: such a message is declined here.
 */
export class MessageFramer {
  readonly #maxBytes: number;
  #pieces: Buffer[] = [];
  #size = 0;
  /** Bytes until the next message is whole. */
  #wanted = HEADER;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Takes a piece, and gives all messages that are whole now. */
  push(piece: Buffer): Buffer {
    this.#pieces.push(piece);
    this.#size += piece.length;
    if (this.#size < this.#wanted) return NOTHING;
    const data = this.#pieces.length === 1 ? piece : Buffer.concat(this.#pieces, this.#size);
    const end = findEnd(data);
    const rest = data.subarray(end);
    this.#pieces = rest.length === 0 ? [] : [rest];
    this.#size = rest.length;
    this.#wanted = rest.length < HEADER ? HEADER : sizeAt(rest, 0);
    if (this.#wanted > this.#maxBytes) throw new CheckDeclined("an answer that is too large");
    return data.subarray(0, end);
  }
}

/** The end of the last message that is whole. */
function findEnd(data: Buffer): number {
  let at = 0;
  while (at + HEADER <= data.length) {
    const end = at + sizeAt(data, at);
    if (end > data.length) break;
    const letter = data[at];
    if (letter === ERROR || letter === NOTICE) requireFields(data.subarray(at + HEADER, end));
    at = end;
  }
  return at;
}

function sizeAt(data: Buffer, at: number): number {
  const length = data.readUInt32BE(at + 1);
  if (length < LENGTH) throw unknown();
  return length + 1;
}

/** Each field is a letter and a text up to a NUL. One more NUL ends the list. */
function requireFields(body: Buffer): void {
  let at = 0;
  while (at < body.length && body[at] !== 0) {
    const end = body.indexOf(0, at + 1);
    if (end < 0) throw unknown();
    at = end + 1;
  }
  if (at >= body.length) throw unknown();
}

function unknown(): CheckDeclined {
  return new CheckDeclined("the server speaks what only libpq knows");
}
