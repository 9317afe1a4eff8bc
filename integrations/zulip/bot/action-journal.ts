import {
  appendFileSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { openForWriting } from "../../../src/open-file.ts";

/** What is known of something that a person has asked for. */
export interface JournalEntry {
  /** `message 123`, or that of a reaction: the same wish has the same key however often Zulip tells it. */
  readonly key: string;
  /** When it was seen, in milliseconds since the epoch. */
  readonly seenMs: number;
  /** What else must be known to do it after a crash. */
  readonly note: string | undefined;
  /** Undefined: the bot ended before it knew. To ask the monitoring again does no harm. */
  readonly answer: string | undefined;
  /** It has changed something in the monitoring. */
  readonly isDone: boolean;
  /** The answer was posted. */
  readonly isTold: boolean;
  /** The message of the answer. */
  readonly toldId: number | undefined;
}

type Line =
  | { readonly key: string; readonly seen: number; readonly note?: string | undefined }
  | { readonly key: string; readonly answer: string; readonly done?: boolean }
  | { readonly key: string; readonly told: true; readonly id?: number | undefined };

/** Zulip tells nothing anew that is older. */
const KEPT_MS = 14 * 86_400_000;
const CLEAN_EVERY_MS = 86_400_000;
const SLACK = 5_000;
/** An entry has at most so many. */
const LINES = 3;

export interface JournalOptions {
  /** Milliseconds since the epoch. */
  readonly nowMs?: number;
  /** The file is written anew when it has so many lines more than its entries need. */
  readonly slack?: number;
}

/**
 * Remembers which wishes were seen, done and answered, in a file with a line for each step. Each line is on
 * the disk before the next step begins, so after a crash every wish is done once: one that was begun is
 * looked at again, and the monitoring says whether it was done.
 */
export class ActionJournal implements Disposable {
  readonly #path: string;
  readonly #slack: number;
  readonly #entries = new Map<string, JournalEntry>();
  readonly #unfinished = new Set<string>();
  #fd: number;
  #cleanedAt: number;
  #lines = 0;
  #lastTold = 0;

  private constructor(path: string, { nowMs = Date.now(), slack = SLACK }: JournalOptions) {
    this.#path = path;
    this.#slack = slack;
    this.#cleanedAt = nowMs;
    this.#fd = openForWriting(path);
  }

  /** Reads what an earlier start has written. A last line that is cut off was never believed. */
  static open(path: string, options: JournalOptions = {}): ActionJournal {
    const journal = new ActionJournal(path, options);
    for (const text of readFileSync(path, "utf8").split("\n")) journal.#read(text);
    journal.#clean(journal.#cleanedAt);
    return journal;
  }

  get(key: string): JournalEntry | undefined {
    return this.#entries.get(key);
  }

  /** Those that were begun and not answered yet, the oldest first. */
  get unfinished(): readonly JournalEntry[] {
    return [...this.#unfinished].flatMap((key) => this.#entries.get(key) ?? []);
  }

  get hasUnfinished(): boolean {
    return this.#unfinished.size > 0;
  }

  /** The newest message that was posted as an answer; 0 if there is none. */
  get lastTold(): number {
    return this.#lastTold;
  }

  /** In the order in which they were seen. */
  keys(): Iterable<string> {
    return this.#entries.keys();
  }

  /** The last key that begins so. */
  lastOf(prefix: string): string | undefined {
    let found: string | undefined;
    for (const key of this.#entries.keys()) if (key.startsWith(prefix)) found = key;
    return found;
  }

  /** False: it was seen before, so it must not be done again. */
  begin(key: string, seenMs = Date.now(), note?: string): boolean {
    if (this.#entries.has(key)) return false;
    if (seenMs - this.#cleanedAt > CLEAN_EVERY_MS) this.#clean(seenMs);
    this.#write({ key, seen: seenMs, note });
    return true;
  }

  answered(key: string, answer: string, isDone = false): void {
    this.#write({ key, answer, done: isDone });
  }

  told(key: string, id?: number): void {
    this.#write({ key, told: true, id });
    if (this.#lines > LINES * this.#entries.size + this.#slack) this.#rewrite();
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }

  #write(line: Line): void {
    appendFileSync(this.#fd, `${JSON.stringify(line)}\n`);
    fsyncSync(this.#fd);
    this.#apply(line);
  }

  #read(text: string): void {
    const line = parse(text);
    if (line !== undefined) this.#apply(line);
  }

  #apply(line: Line): void {
    this.#lines += 1;
    const { key } = line;
    const known = this.#entries.get(key);
    if ("seen" in line) this.#entries.set(key, { ...NEW, key, seenMs: line.seen, note: line.note });
    else if (known === undefined) return;
    else if ("answer" in line)
      this.#entries.set(key, { ...known, answer: line.answer, isDone: line.done === true });
    else this.#entries.set(key, { ...known, isTold: true, toldId: line.id });
    if ("told" in line) this.#unfinished.delete(key);
    else this.#unfinished.add(key);
    if ("told" in line) this.#lastTold = Math.max(this.#lastTold, line.id ?? 0);
  }

  /** A bot that runs for months forgets, too. */
  #clean(nowMs: number): void {
    this.#cleanedAt = nowMs;
    for (const [key, { seenMs }] of this.#entries) {
      if (nowMs - seenMs <= KEPT_MS) continue;
      this.#entries.delete(key);
      this.#unfinished.delete(key);
    }
    this.#rewrite();
  }

  /** Under another name first: a crash leaves the old file or the new one. */
  #rewrite(): void {
    const lines = [...this.#entries.values()].flatMap(linesOf);
    const path = `${this.#path}.new`;
    writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""), { mode: 0o640 });
    const fd = openSync(path, "r+");
    fsyncSync(fd);
    closeSync(fd);
    renameSync(path, this.#path);
    closeSync(this.#fd);
    this.#fd = openForWriting(this.#path);
    this.#lines = lines.length;
  }
}

const NEW = { answer: undefined, isDone: false, isTold: false, toldId: undefined } as const;

function linesOf({ key, seenMs, note, answer, isDone, isTold, toldId }: JournalEntry): readonly Line[] {
  return [
    { key, seen: seenMs, note },
    ...(answer === undefined ? [] : [{ key, answer, done: isDone }]),
    ...(isTold ? [{ key, told: true, id: toldId } as const] : []),
  ];
}

function parse(text: string): Line | undefined {
  try {
    const line = Object(JSON.parse(text)) as Readonly<Record<string, unknown>>;
    const { key, seen, note, answer, done, told, id } = line;
    if (typeof key !== "string") return undefined;
    if (typeof seen === "number") return { key, seen, note: typeof note === "string" ? note : undefined };
    if (typeof answer === "string") return { key, answer, done: done === true };
    return told === true ? { key, told, id: typeof id === "number" ? id : undefined } : undefined;
  } catch {
    return undefined;
  }
}
