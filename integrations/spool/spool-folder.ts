import { open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../../src/error-text.ts";
import { makeFolder, whyUnsafeFolder } from "../../src/open-file.ts";
import { entryTime, newEntryName } from "./entry-name.ts";

export interface SpoolLimits {
  readonly entries: number;
  readonly bytes: number;
  /** No other process fills the folder, so it is looked at once. */
  readonly isOwn?: true;
  /** No entry is larger. Few entries need not be measured then. */
  readonly entryBytes?: number;
}

/** What there is in a folder. */
interface Usage {
  entries: number;
  bytes: number;
}

/** An entry as its name tells it. */
export interface SpoolName {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

export interface SpoolEntry extends SpoolName {
  readonly bytes: number;
}

/** With `isOwn` the size must be told, too. */
interface RemovedEntry extends Pick<SpoolName, "name"> {
  readonly bytes?: number;
}

/** The spool cannot be used. The message says why, and what to do. */
export class SpoolFolderError extends Error {
  override readonly name = "SpoolFolderError";
}

/** Half-written entries. Their writers may have died. */
const UNFINISHED = "unfinished";
/** Entries that nobody could read, or take. They are kept for people to look at, for a time. */
const SET_ASIDE = "set-aside";
const SET_ASIDE_MS = 30 * 86_400_000;
/** An entry is written in seconds. What is older has no writer any more. */
const ABANDONED_MS = 3_600_000;

/**
 * A folder of entries, one file each, which several processes may fill and one process empties in the order
 * of their names. A file appears there whole, under its final name, and is on the disk when `put` returns.
 * The reader removes it when it has been dealt with, so after a crash an entry may be read again, never lost.
 */
export class SpoolFolder {
  readonly folder: string;
  readonly #limits: SpoolLimits;
  /** Of a folder that no other process fills, once it was looked at. */
  #known: Promise<Usage> | undefined;

  private constructor(folder: string, limits: SpoolLimits) {
    this.folder = folder;
    this.#limits = limits;
  }

  /** Makes the folder if there is none. Throws a `SpoolFolderError`. */
  static async open(folder: string, limits: SpoolLimits): Promise<SpoolFolder> {
    try {
      for (const name of [UNFINISHED, SET_ASIDE]) makeFolder(join(folder, name), 0o700);
      const why = whyUnsafeFolder(await stat(folder), folder);
      if (why !== undefined) throw new SpoolFolderError(`cannot use the spool: ${why}`);
    } catch (error) {
      throw asSpoolError(error);
    }
    return new SpoolFolder(folder, limits);
  }

  /**
   * Keeps the content. Undefined: there is no room for it, by the limits or on the disk.
   * Looks at the whole folder each time if other processes may fill it, too.
   */
  async put(content: Uint8Array, time = Date.now()): Promise<SpoolEntry | undefined> {
    const there = this.#limits.isOwn ? [] : await this.names();
    if (!(await this.#hasRoom(content.length, there.length))) return undefined;
    const name = newEntryName(behind(there, time));
    const unfinished = join(this.folder, UNFINISHED, name);
    try {
      await writeThrough(unfinished, content);
      await rename(unfinished, join(this.folder, name));
      await syncFolder(this.folder);
    } catch (error) {
      await rm(unfinished, { force: true });
      if (isFull(error)) return undefined;
      throw asSpoolError(error);
    }
    await this.#count(1, content.length);
    return { name, bytes: content.length, time };
  }

  /** How much there is in the folder. */
  usage(): Promise<Readonly<Usage>> {
    if (!this.#limits.isOwn) return this.#look();
    this.#known ??= this.#look();
    return this.#known;
  }

  /** In the order in which they are to be dealt with. Files of other programs are none. */
  async names(): Promise<readonly SpoolName[]> {
    const found = await readdir(this.folder, { withFileTypes: true }).catch((error: unknown) => {
      throw asSpoolError(error);
    });
    return found
      .flatMap((file): readonly SpoolName[] => {
        const time = file.isFile() ? entryTime(file.name) : undefined;
        return time === undefined ? [] : [{ name: file.name, time }];
      })
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** The same with their sizes. */
  async list(): Promise<readonly SpoolEntry[]> {
    const found: SpoolEntry[] = [];
    for (const one of await this.names()) {
      const bytes = await sizeOf(join(this.folder, one.name));
      if (bytes !== undefined) found.push({ ...one, bytes });
    }
    return found;
  }

  async #hasRoom(more: number, length: number): Promise<boolean> {
    const { entries, bytes, entryBytes = Number.POSITIVE_INFINITY, isOwn } = this.#limits;
    if (more > entryBytes) return false;
    if (!isOwn) {
      if (length >= entries) return false;
      if ((length + 1) * entryBytes <= bytes) return true;
    }
    const used = await this.usage();
    return used.entries < entries && used.bytes + more <= bytes;
  }

  /** Undefined: it is not there any more. */
  async read(entry: Pick<SpoolName, "name">): Promise<Buffer | undefined> {
    try {
      return await readFile(join(this.folder, entry.name));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw asSpoolError(error);
    }
  }

  /** It has been dealt with, or is given up. */
  async remove(entry: RemovedEntry): Promise<void> {
    await rm(join(this.folder, entry.name), { force: true });
    await this.#count(-1, -(entry.bytes ?? 0));
  }

  /** Nobody could read it. Returns where people find it. */
  async setAside(entry: RemovedEntry): Promise<string> {
    const path = join(this.folder, SET_ASIDE, entry.name);
    try {
      await rename(join(this.folder, entry.name), path);
    } catch (error) {
      if (!isMissing(error)) throw error; // somebody has taken it away
    }
    await this.#count(-1, -(entry.bytes ?? 0));
    return path;
  }

  /** Removes what writers left half-written that died long ago, and entries that were set aside long ago. */
  async clean(now = Date.now()): Promise<void> {
    await removeOlder(join(this.folder, UNFINISHED), now - ABANDONED_MS, (_path, made) => made);
    await removeOlder(join(this.folder, SET_ASIDE), now - SET_ASIDE_MS, movedAt);
  }

  async #look(): Promise<Usage> {
    const entries = await this.list();
    return { entries: entries.length, bytes: entries.reduce((sum, entry) => sum + entry.bytes, 0) };
  }

  async #count(entries: number, bytes: number): Promise<void> {
    const known = await this.#known;
    if (known === undefined) return;
    known.entries += entries;
    known.bytes += bytes;
  }
}

/** Somebody may have set the clock back: what is told later must not come before what waits. */
function behind(there: readonly SpoolName[], time: number): number {
  const newest = there.at(-1)?.time ?? 0;
  return newest > time ? newest + 1 : time;
}

async function removeOlder(
  folder: string,
  than: number,
  timeOf: (path: string, made: number) => number | Promise<number>,
): Promise<void> {
  for (const name of await readdir(folder)) {
    const [path, made] = [join(folder, name), entryTime(name)];
    if (made !== undefined && (await timeOf(path, made)) < than) await rm(path, { force: true });
  }
}

/** An entry may have waited for weeks before somebody tried to read it. */
async function movedAt(path: string): Promise<number> {
  return (await stat(path)).ctimeMs;
}

async function writeThrough(path: string, content: Uint8Array): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(content);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** The machine lacks something for a time: the entry itself is well. */
export function isShortage(error: unknown): boolean {
  const cause = error instanceof SpoolFolderError ? error.cause : error;
  return ["EMFILE", "ENFILE", "ENOMEM", "EAGAIN"].includes(errorCode(cause) ?? "");
}

/** A new name in a folder is on the disk only after that. */
async function syncFolder(folder: string): Promise<void> {
  const file = await open(folder, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw asSpoolError(error);
  }
}

function asSpoolError(error: unknown): SpoolFolderError {
  if (error instanceof SpoolFolderError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new SpoolFolderError(`cannot use the spool: ${reason}`, { cause: error });
}

function isMissing(error: unknown): boolean {
  return errorCode(error) === "ENOENT";
}

function isFull(error: unknown): boolean {
  return ["ENOSPC", "EDQUOT"].includes(errorCode(error) ?? "");
}
