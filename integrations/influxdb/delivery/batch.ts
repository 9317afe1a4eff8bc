import { isUtf8 } from "node:buffer";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import type { ByteString } from "../../../src/byte-string.ts";
import type { Ticket } from "./ticket.ts";

const pack = promisify(gzip);
const unpack = promisify(gunzip);
/** The quickest: it takes a fifth of the time of the usual one, and lines are alike. */
const LEVEL = { level: 1 };
const NO_ROOM = Buffer.alloc(0);
/** Bytes. */
const FIRST_ROOM = 16_384;

/** Lines on their way to one target. */
export interface Batch {
  readonly lines: number;
  /** Packed with gzip. */
  readonly body: Buffer;
}

/** A batch whose jobs are not completed yet. */
export interface HeldBatch extends Batch {
  readonly tickets: readonly Ticket[];
}

export interface BatchLimits {
  readonly lines: number;
  readonly bytes: number;
  readonly ageMs: number;
}

/** What is given on: texts behind each other, as bytes. */
type OnBatch = (bytes: Buffer, lines: number, tickets: readonly Ticket[]) => void;

/** Gathers lines until there are enough, or until the first of them has waited long enough. */
export class Gathering {
  readonly #limits: BatchLimits;
  readonly #onBatch: OnBatch;
  readonly #texts = new JoinedTexts();
  #lines = 0;
  #tickets: Ticket[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(limits: BatchLimits, onBatch: OnBatch) {
    this.#limits = limits;
    this.#onBatch = onBatch;
  }

  /** The ticket is held once for each batch that has lines of it. */
  add(text: ByteString, lines: number, ticket: Ticket): void {
    if (this.#tickets.at(-1) !== ticket) {
      ticket.hold();
      this.#tickets.push(ticket);
    }
    this.#texts.add(text);
    this.#lines += lines;
    const { lines: mostLines, bytes, ageMs } = this.#limits;
    if (this.#lines >= mostLines || this.#texts.length >= bytes) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), ageMs);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#tickets.length === 0) return;
    const [lines, tickets] = [this.#lines, this.#tickets];
    this.#lines = 0;
    this.#tickets = [];
    this.#onBatch(this.#texts.take(), lines, tickets);
  }
}

/**
 * Texts are written down at once. A string that grows would keep each of its parts, and each part the text
 * that it was cut from, until the batch is packed.
 */
class JoinedTexts {
  #room: Buffer = NO_ROOM;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(text: ByteString): void {
    const length = this.#length + text.length;
    if (length > this.#room.length) this.#enlarge(length);
    this.#room.write(text, this.#length, "latin1");
    this.#length = length;
  }

  /** Begins anew. */
  take(): Buffer {
    const bytes = this.#room.subarray(0, this.#length);
    this.#room = NO_ROOM;
    this.#length = 0;
    return bytes;
  }

  #enlarge(length: number): void {
    const room = Buffer.allocUnsafeSlow(Math.max(length, 2 * this.#room.length, FIRST_ROOM));
    this.#room.copy(room, 0, 0, this.#length);
    this.#room = room;
  }
}

/** `bytes` are lines of byte strings. */
export async function packLines(bytes: Buffer): Promise<Buffer> {
  return pack(toUtf8(bytes), LEVEL);
}

export async function unpackLines(body: Buffer): Promise<readonly string[]> {
  return (await unpack(body)).toString("utf8").split("\n").slice(0, -1);
}

/** Databases take UTF-8. Bytes of a line that are none were Latin-1, as old agents of Windows send it. */
function toUtf8(bytes: Buffer): Buffer {
  if (isUtf8(bytes)) return bytes;
  const lines = bytes
    .toString("latin1")
    .split("\n")
    .map((line) => {
      const own = Buffer.from(line, "latin1");
      return isUtf8(own) ? own.toString("utf8") : line;
    });
  return Buffer.from(lines.join("\n"), "utf8");
}
