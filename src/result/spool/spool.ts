import { closeSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Log } from "../../log.ts";
import { isPassing, takeFolder } from "./folder.ts";
import { encodeRecord, type SpooledResult } from "./records.ts";
import { countSetAside, loadSpool, SpoolFile, setAside } from "./spool-files.ts";

export interface SpoolOptions {
  readonly folder: string;
  /** In seconds. What is older at a start is dropped. 0: no limit. */
  readonly maxAge: number;
  readonly log: Log;
  /** Results that an earlier start has left, the oldest first. */
  readonly onRestored: (results: readonly SpooledResult[]) => void;
  /** How long until a disk that took nothing is tried again. */
  readonly retryMs?: number;
  /** Seconds since the epoch. */
  readonly now?: () => number;
}

export interface SpoolStatus {
  readonly folder: string;
  /** How many results it keeps. */
  readonly results: number;
  /** How large its file is. */
  readonly bytes: number;
  /** Of the oldest result, in seconds; 0 if there is none. */
  readonly oldestAge: number;
  /** Files in the folder that are not used: damaged ones, and those of others. */
  readonly setAside: number;
  /** How often the disk has refused, since the start. */
  readonly writeErrors: number;
  /** Why results are kept in memory only. Undefined: they are on the disk. */
  readonly problem: string | undefined;
}

interface Kept {
  readonly result: SpooledResult;
  isWritten: boolean;
}

const RETRY_MS = 10_000;
const STOP_WITHIN_MS = 5_000;
/** A file that has grown by so many bytes of results that are done is written anew. */
const MOST_DONE_BYTES = 4 * 1024 * 1024;
/** About what a record has besides its workload. */
const RECORD_BYTES = 400;

/**
 * Results that wait, on the disk. Life: made → started → stopped. Records are written in groups: while one
 * group is on its way to the disk, the next one gathers. When no result waits any more, there is no file.
 *
 * A disk that takes nothing is tried again now and then; then a new file is written with all results that
 * wait. Until then they are in memory only, and `problem` says why.
 */
export class Spool {
  readonly #options: SpoolOptions;
  readonly #kept = new Map<string, Kept>();
  /** About how many bytes the results need that wait. */
  #waitingBytes = 0;
  #lock: number | undefined;
  #file: SpoolFile | undefined;
  /** Names of files that a new one makes superfluous, and those of them that are damaged. */
  #old: readonly string[] = [];
  #damaged: ReadonlySet<string> = new Set();
  #next = 1;
  readonly #unwritten = new Set<Kept>();
  #done: string[] = [];
  #isToRewrite = false;
  #writing: Promise<void> | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  #setAside = 0;
  #writeErrors = 0;
  #problem: string | undefined;
  #isStopped = false;

  constructor(options: SpoolOptions) {
    this.#options = options;
  }

  get status(): SpoolStatus {
    const [oldest] = this.#kept.values();
    return {
      folder: this.#options.folder,
      results: this.#kept.size,
      bytes: this.#file?.size ?? 0,
      oldestAge: oldest === undefined ? 0 : Math.max(0, this.#now() - oldest.result.time),
      setAside: this.#setAside,
      writeErrors: this.#writeErrors,
      problem: this.#problem,
    };
  }

  /** Throws a `SpoolError` if the folder cannot be used, unless that may change by itself. */
  start(): void {
    try {
      this.#open();
    } catch (error) {
      if (!isPassing(error)) throw error;
      this.#failed(error);
    }
  }

  has(unique: string): boolean {
    return this.#kept.has(unique);
  }

  /** What is kept already is not written again. */
  keep(result: SpooledResult): void {
    if (this.#kept.has(result.unique) || this.#isStopped) return;
    const kept = { result, isWritten: false };
    this.#kept.set(result.unique, kept);
    this.#waitingBytes += sizeOf(result);
    this.#unwritten.add(kept);
    this.#write();
  }

  /** The result need not be kept any longer. */
  release(unique: string): void {
    const kept = this.#kept.get(unique);
    if (kept === undefined) return;
    this.#kept.delete(unique);
    this.#unwritten.delete(kept);
    this.#waitingBytes -= sizeOf(kept.result);
    if (kept.isWritten) this.#done.push(unique);
    this.#write();
  }

  /** Resolves when all that is kept is on the disk, or the disk does not take it. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#retryTimer);
    // The last chance of what is in memory only.
    if (this.#problem !== undefined && this.#lock !== undefined) this.#writing ??= this.#writeAll();
    await Promise.race([this.#writing, pause(STOP_WITHIN_MS, undefined, { ref: false })]);
    await this.#file?.close();
    if (this.#lock !== undefined) closeSync(this.#lock);
    this.#lock = undefined;
  }

  #open(): void {
    const { folder, log } = this.#options;
    const lock = takeFolder(folder);
    try {
      const { results, files, damaged, next } = loadSpool(folder, log);
      this.#setAside = countSetAside(folder) + damaged.length;
      this.#old = files;
      this.#damaged = new Set(damaged);
      this.#next = next;
      this.#lock = lock;
      this.#restore(this.#current(results));
    } catch (error) {
      if (this.#lock === undefined) closeSync(lock);
      throw error;
    }
  }

  #restore(results: readonly SpooledResult[]): void {
    for (const result of results) {
      this.#kept.set(result.unique, { result, isWritten: false });
      this.#waitingBytes += sizeOf(result);
    }
    if (this.#old.length > 0) this.#isToRewrite = true;
    this.#write();
    if (results.length > 0) this.#options.onRestored(results);
  }

  #current(results: readonly SpooledResult[]): readonly SpooledResult[] {
    const { folder, maxAge, log } = this.#options;
    const since = maxAge === 0 ? Number.NEGATIVE_INFINITY : this.#now() - maxAge;
    const current = results.filter(({ time }) => time >= since).toSorted((a, b) => a.time - b.time);
    const old = results.length - current.length;
    if (old > 0) log.warn(`${old} results of ${folder} are older than result_max_age, they are dropped`);
    return current;
  }

  #write(): void {
    if (this.#problem === undefined) this.#writing ??= this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    try {
      await undefined; // what is kept in one turn is one group
      while (this.#hasWork) await this.#writeGroup();
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#writing = undefined;
    }
  }

  get #hasWork(): boolean {
    if (this.#isToRewrite || this.#unwritten.size + this.#done.length > 0) return true;
    return this.#file !== undefined && this.#kept.size === 0;
  }

  async #writeGroup(): Promise<void> {
    const isGrown = (this.#file?.size ?? 0) > 2 * this.#waitingBytes + MOST_DONE_BYTES;
    if (this.#kept.size === 0 || this.#isToRewrite || this.#file === undefined || isGrown)
      return this.#rewrite();
    const results = [...this.#unwritten];
    const done = this.#done;
    this.#unwritten.clear();
    this.#done = [];
    for (const kept of results) kept.isWritten = true;
    const records = [
      ...results.map(({ result }) => encodeRecord({ kind: "result", result })),
      ...done.map((unique) => encodeRecord({ kind: "done", unique })),
    ];
    // Without a sync a result may be sent twice after a power failure, which does little harm.
    await this.#file.append(records, results.length > 0);
  }

  /** A new file with all that waits takes the place of all others. */
  async #rewrite(): Promise<void> {
    const all = [...this.#kept.values()];
    this.#isToRewrite = true;
    this.#unwritten.clear();
    this.#done = [];
    for (const kept of all) kept.isWritten = true;
    const before = this.#file;
    const records = all.map(({ result }) => encodeRecord({ kind: "result", result }));
    // After a problem an empty file is made, too: it shows whether the disk takes something again.
    const isNeeded = all.length > 0 || this.#problem !== undefined;
    this.#file = isNeeded ? await this.#create(records) : undefined;
    if (before !== undefined) this.#old = [...this.#old, before.name];
    this.#isToRewrite = false;
    this.#problem = this.#mended();
    await before?.close();
    await this.#removeOld();
  }

  async #create(records: readonly Buffer[]): Promise<SpoolFile> {
    const number = this.#next++;
    try {
      return await SpoolFile.create(this.#options.folder, number, records);
    } catch (error) {
      // It may have its name already. Nobody would write into it that its results are done.
      this.#old = [...this.#old, SpoolFile.nameOf(number)];
      throw error;
    }
  }

  async #removeOld(): Promise<void> {
    const { folder } = this.#options;
    for (const name of this.#old) {
      if (this.#damaged.has(name)) setAside(folder, name);
      else await rm(join(folder, name), { force: true });
      this.#old = this.#old.filter((each) => each !== name);
    }
    if (this.#damaged.size > 0) this.#setAside = countSetAside(folder);
    this.#damaged = new Set();
  }

  #failed(error: unknown): void {
    const { folder, log, retryMs = RETRY_MS } = this.#options;
    const reason = error instanceof Error ? error.message : String(error);
    this.#writeErrors += 1;
    this.#isToRewrite = true;
    if (this.#problem === undefined)
      log.error(`the result spool ${folder} cannot be written, results are kept in memory only: ${reason}`);
    this.#problem = reason;
    if (!this.#isStopped) this.#retryTimer = setTimeout(() => this.#tryAgain(), retryMs);
  }

  #tryAgain(): void {
    try {
      if (this.#lock === undefined) this.#open();
      this.#writing ??= this.#writeAll();
    } catch (error) {
      this.#failed(error);
    }
  }

  #mended(): undefined {
    if (this.#problem === undefined) return;
    this.#options.log.info(`the result spool ${this.#options.folder} can be written again`);
  }

  #now(): number {
    return (this.#options.now ?? (() => Date.now() / 1000))();
  }
}

function sizeOf({ workload }: SpooledResult): number {
  return workload.length + RECORD_BYTES;
}
