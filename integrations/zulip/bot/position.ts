import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";

/** How far the bot has read. */
interface Read {
  /** Messages up to this id were seen. */
  readonly message: number;
  /** When Zulip has answered last, in milliseconds since the epoch. */
  readonly contact: number;
}

/** What is read again does no harm: the journal knows it. */
const SAVE_EVERY_MS = 10_000;

/** Remembers in a file how far the bot has read, so that the next start goes on there. */
export class Position {
  readonly #path: string;
  #read: Read | undefined;
  #savedAt = Number.NEGATIVE_INFINITY;

  private constructor(path: string, read: Read | undefined) {
    this.#path = path;
    this.#read = read;
  }

  static open(path: string): Position {
    return new Position(path, readPosition(path));
  }

  /** Undefined: nothing was read yet. */
  get message(): number | undefined {
    return this.#read?.message;
  }

  /** How long Zulip was not heard, in milliseconds. */
  silence(nowMs: number): number {
    return this.#read === undefined ? 0 : Math.max(0, nowMs - this.#read.contact);
  }

  /** On the disk after ten seconds at the latest, if Zulip goes on to answer; at once with `isUrgent`. */
  advance(message: number, nowMs: number, isUrgent = false): void {
    this.#read = { message: Math.max(message, this.#read?.message ?? 0), contact: nowMs };
    if (!isUrgent && Math.abs(nowMs - this.#savedAt) < SAVE_EVERY_MS) return;
    this.#savedAt = nowMs;
    const unfinished = `${this.#path}.new`;
    writeFileSync(unfinished, JSON.stringify(this.#read), { mode: 0o640 });
    const fd = openSync(unfinished, "r+");
    fsyncSync(fd);
    closeSync(fd);
    renameSync(unfinished, this.#path);
  }
}

/** Throws the system's error: what cannot be read now must not be taken for a first start. */
function readPosition(path: string): Read | undefined {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  const text = readFileSync(path, "utf8");
  try {
    const { message, contact } = Object(JSON.parse(text)) as Partial<Read>;
    return typeof message === "number" && typeof contact === "number" ? { message, contact } : undefined;
  } catch {
    return undefined;
  }
}
