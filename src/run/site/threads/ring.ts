/** Two numbers and a text. */
export interface RingRecord {
  readonly id: number;
  readonly value: number;
  readonly text: string;
}

/** The memory begins with the positions of reader and writer, and whether the reader is called. */
const CONTROL = 3;
const READ = 0;
const WRITTEN = 1;
const CALLED = 2;
/** Of a record before its text: the length of the text in bytes, below 0 if it is UTF-16; id; value. */
const HEAD = 12;
/** In place of a length: the next record is at the begin. */
const WRAP = -0x80000000;
const WIDE = /[^\0-\xff]/;

/**
 * Carries records from one thread to another through shared memory: one thread writes, the other reads. A
 * record is whole as soon as it can be read, and it stays when the writer ends or gets stuck. To wake the
 * reader is dear, so the writer asks `mustCall` after some records, and sends a message only if it has to.
 */
export class Ring {
  readonly #control: Int32Array;
  readonly #words: Int32Array;
  readonly #bytes: Buffer;

  constructor(memory: SharedArrayBuffer) {
    this.#control = new Int32Array(memory, 0, CONTROL);
    const start = CONTROL * 4;
    this.#words = new Int32Array(memory, start);
    this.#bytes = Buffer.from(memory, start);
  }

  /** @param bytes a multiple of four */
  static allocate(bytes: number): SharedArrayBuffer {
    return new SharedArrayBuffer(CONTROL * 4 + bytes);
  }

  /** False: there is no room for it. */
  put(id: number, value: number, text = ""): boolean {
    const isWide = WIDE.test(text);
    const length = isWide ? text.length * 2 : text.length;
    const at = this.#findRoom(align(HEAD + length));
    if (at === undefined) return false;
    this.#words[at / 4] = isWide ? -length : length;
    this.#words[at / 4 + 1] = id;
    this.#words[at / 4 + 2] = value;
    if (length > 0) this.#bytes.write(text, at + HEAD, isWide ? "utf16le" : "latin1");
    Atomics.store(this.#control, WRITTEN, at + align(HEAD + length));
    return true;
  }

  /** For the writer. False: the reader is called already, and will read what is written now. */
  mustCall(): boolean {
    return Atomics.exchange(this.#control, CALLED, 1) === 0;
  }

  /** For the reader: it is awake, and will read all before it sleeps. */
  stayAwake(): void {
    Atomics.store(this.#control, CALLED, 1);
  }

  /** For the reader: from now on it must be called. What is written by now it reads after this. */
  sleep(): void {
    Atomics.store(this.#control, CALLED, 0);
  }

  get isEmpty(): boolean {
    return Atomics.load(this.#control, READ) === Atomics.load(this.#control, WRITTEN);
  }

  take(): RingRecord | undefined {
    const end = Atomics.load(this.#control, WRITTEN);
    let at = Atomics.load(this.#control, READ);
    if (at === end) return undefined;
    if (this.#isWrap(at)) at = 0;
    const length = this.#words[at / 4] ?? 0;
    const from = at + HEAD;
    const to = from + Math.abs(length);
    const text = length === 0 ? "" : this.#bytes.toString(length < 0 ? "utf16le" : "latin1", from, to);
    const record = { id: this.#words[at / 4 + 1] ?? 0, value: this.#words[at / 4 + 2] ?? 0, text };
    Atomics.store(this.#control, READ, align(to));
    return record;
  }

  /** The writer never reaches the reader: the same positions mean that there is nothing to read. */
  #findRoom(size: number): number | undefined {
    const read = Atomics.load(this.#control, READ);
    const at = Atomics.load(this.#control, WRITTEN);
    const end = this.#bytes.length;
    if (at < read) return at + size < read ? at : undefined;
    if (at + size <= end) return at;
    if (size >= read) return undefined;
    if (at < end) this.#words[at / 4] = WRAP;
    return 0;
  }

  #isWrap(at: number): boolean {
    return at === this.#bytes.length || this.#words[at / 4] === WRAP;
  }
}

function align(bytes: number): number {
  return (bytes + 3) & ~3;
}
