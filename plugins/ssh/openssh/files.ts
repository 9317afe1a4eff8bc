import { readdirSync, readFileSync, type Stats, statSync } from "node:fs";
import { CheckDeclined } from "../../../sdk/index.ts";

/** A file as it was when it was last looked at. Its text is a byte string. */
export interface KnownFile {
  readonly text: string;
  readonly mode: number;
  readonly uid: number;
}

/** Which state a file was in: another text after any change. `absent` for none. */
export type Stamp = string;

export interface Files {
  /** Undefined: there is no such file. Throws a CheckDeclined where it cannot be read. */
  read(path: string): KnownFile | undefined;
  /** The names in a directory, sorted as glob does; none where there is no such directory. */
  list(path: string): readonly string[];
  stamp(path: string): Stamp;
}

interface Look {
  readonly stats: Stats | undefined;
  readonly stamp: Stamp;
  readonly lookedAt: number;
}

/** A change is noticed within a second; otherwise a check costs no system call. */
const LOOK_AGAIN_AFTER_MS = 1_000;
/** Nothing larger is read: taking it apart would hold up everything else. */
const MAX_SIZE = 1_048_576;
const MAX_KNOWN = 10_000;

/** The files ssh reads at every start, read again when they have changed. Synchronous: they are few, small and local. */
export class FileCache implements Files {
  readonly #now: () => number;
  readonly #looks = new Map<string, Look>();
  readonly #read = new Map<string, { readonly stamp: Stamp; readonly file: KnownFile }>();

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  read(path: string): KnownFile | undefined {
    const { stats, stamp } = this.#look(path);
    if (stats === undefined) return undefined;
    const known = this.#read.get(path);
    if (known?.stamp === stamp) return known.file;
    // ssh takes a device for an empty file, as /dev/null is one.
    const isDevice = stats.isCharacterDevice() && path === "/dev/null";
    if (!isDevice && (!stats.isFile() || stats.size > MAX_SIZE)) {
      throw new CheckDeclined("a file of ssh is not a plain one, or too large");
    }
    const text = isDevice ? "" : attempt(() => readFileSync(path, "latin1"));
    const file = { text, mode: stats.mode, uid: stats.uid };
    if (this.#read.size >= MAX_KNOWN) this.#read.clear();
    this.#read.set(path, { stamp, file });
    return file;
  }

  list(path: string): readonly string[] {
    return this.#look(path).stats === undefined ? [] : attempt(() => readdirSync(path)).sort();
  }

  stamp(path: string): Stamp {
    return this.#look(path).stamp;
  }

  #look(path: string): Look {
    const known = this.#looks.get(path);
    const lookedAt = this.#now();
    if (known !== undefined && lookedAt - known.lookedAt < LOOK_AGAIN_AFTER_MS) return known;
    const stats = attempt(() => statSync(path, { throwIfNoEntry: false }));
    const look = { stats, stamp: readStamp(stats), lookedAt };
    if (this.#looks.size >= MAX_KNOWN) this.#looks.clear();
    this.#looks.set(path, look);
    return look;
  }
}

function readStamp(stats: Stats | undefined): Stamp {
  if (stats === undefined) return "absent";
  return `${stats.dev} ${stats.ino} ${stats.size} ${stats.mtimeMs} ${stats.ctimeMs}`;
}

function attempt<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw new CheckDeclined("a file of ssh cannot be read", { cause: error });
  }
}
