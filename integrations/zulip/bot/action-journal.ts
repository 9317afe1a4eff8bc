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
  /** Undefined: the bot ended before it knew. To ask the monitoring again does no harm. */
  readonly answer: string | undefined;
  /** The answer was posted. */
  readonly isTold: boolean;
}

type Line =
  | { readonly key: string; readonly seen: number }
  | { readonly key: string; readonly answer: string }
  | { readonly key: string; readonly told: true };

/** Zulip tells nothing anew that is older. */
const KEPT_MS = 14 * 86_400_000;
const SLACK = 5_000;

export interface JournalOptions {
  /** Milliseconds since the epoch. */
  readonly nowMs?: number;
  /** The file is written anew when it has so many lines more than entries. */
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
  #fd: number;
  #lines = 0;

  private constructor(path: string, slack: number) {
    this.#path = path;
    this.#slack = slack;
    this.#fd = openForWriting(path);
  }

  /** Reads what an earlier start has written. A last line that is cut off was never believed. */
  static open(path: string, { nowMs = Date.now(), slack = SLACK }: JournalOptions = {}): ActionJournal {
    const journal = new ActionJournal(path, slack);
    for (const text of readFileSync(path, "utf8").split("\n")) journal.#read(text);
    for (const [key, { seenMs }] of journal.#entries)
      if (nowMs - seenMs > KEPT_MS) journal.#entries.delete(key);
    journal.#rewrite();
    return journal;
  }

  get(key: string): JournalEntry | undefined {
    return this.#entries.get(key);
  }

  /** Those that were begun and not answered yet, the oldest first. */
  get unfinished(): readonly JournalEntry[] {
    return [...this.#entries.values()].filter(({ isTold }) => !isTold);
  }

  /** False: it was seen before, so it must not be done again. */
  begin(key: string, seenMs = Date.now()): boolean {
    if (this.#entries.has(key)) return false;
    this.#write({ key, seen: seenMs });
    return true;
  }

  answered(key: string, answer: string): void {
    this.#write({ key, answer });
  }

  told(key: string): void {
    this.#write({ key, told: true });
    if (this.#lines > this.#entries.size + this.#slack) this.#rewrite();
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
    const known = this.#entries.get(line.key);
    if ("seen" in line)
      this.#entries.set(line.key, { key: line.key, seenMs: line.seen, answer: undefined, isTold: false });
    else if (known !== undefined)
      this.#entries.set(line.key, {
        ...known,
        ...("answer" in line ? { answer: line.answer } : { isTold: true }),
      });
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

function linesOf({ key, seenMs, answer, isTold }: JournalEntry): readonly Line[] {
  return [
    { key, seen: seenMs },
    ...(answer === undefined ? [] : [{ key, answer }]),
    ...(isTold ? [{ key, told: true } as const] : []),
  ];
}

function parse(text: string): Line | undefined {
  try {
    const line = Object(JSON.parse(text)) as Readonly<Record<string, unknown>>;
    const { key, seen, answer, told } = line;
    if (typeof key !== "string") return undefined;
    if (typeof seen === "number") return { key, seen };
    if (typeof answer === "string") return { key, answer };
    return told === true ? { key, told } : undefined;
  } catch {
    return undefined;
  }
}
