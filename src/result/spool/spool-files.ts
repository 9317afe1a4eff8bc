import { lstatSync, readdirSync, renameSync, rmSync } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../../log.ts";
import { readRegularFile } from "../../open-file.ts";
import { LOCK } from "./folder.ts";
import { HEADER, readRecords, type SpooledResult } from "./records.ts";

/** In bytes. A larger file is none that this worker has written. */
const MAX_FILE = 2 ** 31 - 1;
/** Damaged files are kept for people to look at, the newest of them. */
const MOST_SET_ASIDE = 5;
const FILE = /^results\.([0-9]{1,12})$/;
const PART = /^results\.[0-9]{1,12}\.part$/;
const SET_ASIDE = /^results\.([0-9]{1,12})\.bad$/;

export interface LoadedSpool {
  /** Results that no job server has accepted, as they were written. */
  readonly results: readonly SpooledResult[];
  /** The names of the files that they were in. */
  readonly files: readonly string[];
  /** Those of them that have more or other things in them. */
  readonly damaged: readonly string[];
  /** The number of the next file. */
  readonly next: number;
}

/** Reads what an earlier start has left. What cannot be read is told, and never fatal. */
export function loadSpool(folder: string, log: Log): LoadedSpool {
  const names = readdirSync(folder);
  for (const name of names.filter((each) => PART.test(each))) rmSync(join(folder, name), { force: true });
  tellForeign(folder, names, log);
  const files = names.filter((name) => FILE.test(name)).toSorted((a, b) => numberOf(a) - numberOf(b));
  const results = new Map<string, SpooledResult>();
  const damaged = files.filter((name) => !loadFile(join(folder, name), results, log));
  const numbers = names.filter((name) => FILE.test(name) || SET_ASIDE.test(name)).map(numberOf);
  return { results: [...results.values()], files, damaged, next: Math.max(0, ...numbers) + 1 };
}

/** Returns whether all of it was understood. */
function loadFile(path: string, results: Map<string, SpooledResult>, log: Log): boolean {
  try {
    const { foreign, records, damaged } = readRecords(readRegularFile(path, MAX_FILE));
    for (const record of records) {
      if (record.kind === "done") results.delete(record.unique);
      else if (!results.has(record.result.unique)) results.set(record.result.unique, record.result);
    }
    if (foreign !== undefined) log.error(`the result spool sets ${path} aside: ${foreign}`);
    else if (damaged > 0)
      log.error(`the result spool sets ${path} aside: ${damaged} of its lines are damaged`);
    return foreign === undefined && damaged === 0;
  } catch (error) {
    log.error(`the result spool sets ${path} aside: ${error instanceof Error ? error.message : error}`);
    return false;
  }
}

function tellForeign(folder: string, names: readonly string[], log: Log): void {
  const foreign = names.filter(isForeign);
  if (foreign.length === 0) return;
  const shown = foreign.slice(0, 3).map((name) => JSON.stringify(name));
  const more = foreign.length > shown.length ? ", …" : "";
  log.error(`the result spool ${folder} leaves ${foreign.length} files of others alone: ${shown}${more}`);
}

function isForeign(name: string): boolean {
  return name !== LOCK && ![FILE, PART, SET_ASIDE].some((pattern) => pattern.test(name));
}

/** How many files of the folder the spool does not use: damaged ones, and those of others. */
export function countSetAside(folder: string): number {
  return readdirSync(folder).filter((name) => SET_ASIDE.test(name) || isForeign(name)).length;
}

/** Renames a damaged file, so that it is not read again. Only the newest few are kept. */
export function setAside(folder: string, name: string): void {
  const path = join(folder, name);
  // Somebody may have looked at it and taken it away. A link is renamed, wherever it leads.
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) renameSync(path, `${path}.bad`);
  const bad = readdirSync(folder).filter((each) => SET_ASIDE.test(each));
  const oldest = bad.toSorted((a, b) => numberOf(b) - numberOf(a)).slice(MOST_SET_ASIDE);
  for (const each of oldest) rmSync(join(folder, each), { recursive: true, force: true });
}

function numberOf(name: string): number {
  return Number(/[0-9]+/.exec(name)?.[0]);
}

/** One file of the spool, open for writing at its end. */
export class SpoolFile {
  readonly name: string;
  readonly #handle: FileHandle;
  #size: number;

  private constructor(name: string, handle: FileHandle, size: number) {
    this.name = name;
    this.#handle = handle;
    this.#size = size;
  }

  static nameOf(number: number): string {
    return `results.${number}`;
  }

  /** A new file with these records. It has its name when all of them are on the disk. */
  static async create(folder: string, number: number, records: readonly Buffer[]): Promise<SpoolFile> {
    const name = SpoolFile.nameOf(number);
    const part = join(folder, `${name}.part`);
    await rm(part, { force: true });
    const handle = await open(part, "ax", 0o600);
    try {
      const bytes = Buffer.concat([Buffer.from(HEADER), ...records]);
      await handle.appendFile(bytes);
      await handle.datasync();
      await rename(part, join(folder, name));
      await syncFolder(folder);
      return new SpoolFile(name, handle, bytes.length);
    } catch (error) {
      await handle.close();
      await rm(part, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  get size(): number {
    return this.#size;
  }

  /** `isSynced`: resolves when it is on the disk, not only with the kernel. */
  async append(records: readonly Buffer[], isSynced: boolean): Promise<void> {
    const bytes = Buffer.concat(records);
    try {
      await this.#handle.appendFile(bytes);
    } catch (error) {
      // A part of it would be a damaged line, and take the space that a new file needs.
      await this.#handle.truncate(this.#size).catch(() => undefined);
      throw error;
    }
    this.#size += bytes.length;
    if (isSynced) await this.#handle.datasync();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** After that the name of a new file, too, outlives a power failure. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
