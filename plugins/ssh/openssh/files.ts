import { readdirSync, readFileSync, type Stats, statSync } from "node:fs";
import { CheckDeclined } from "../../../sdk/index.ts";

/** A file as it was when it was last read. Its text is a byte string. */
export interface KnownFile {
  readonly text: string;
  readonly mode: number;
  readonly uid: number;
}

/** Names the state of a file: it is another text after any change. `absent` where there is no file. */
export type Stamp = string;

export interface Files {
  /** Undefined where there is no such file. Throws a CheckDeclined where the file cannot be read. */
  read(path: string): KnownFile | undefined;
  /**
   * The names in a directory, sorted as glob sorts them. There are none where the directory does not exist.
   */
  list(path: string): readonly string[];
  stamp(path: string): Stamp;
}

/** Bytes of a file. To parse a larger one would hold up all other checks. */
const MAX_SIZE = 1_048_576;
const MAX_KNOWN = 10_000;

/**
 * The files ssh reads at every start. Each check looks at them, and reads again those that have changed. All
 * this is synchronous, because the files are few, small and local.
 */
export class FileCache implements Files {
  readonly #read = new Map<string, { readonly stamp: Stamp; readonly file: KnownFile }>();

  read(path: string): KnownFile | undefined {
    const stats = look(path);
    if (stats === undefined) return undefined;
    const stamp = readStamp(stats);
    const known = this.#read.get(path);
    if (known?.stamp === stamp) return known.file;
    // ssh reads /dev/null as an empty file.
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
    return look(path) === undefined ? [] : attempt(() => readdirSync(path)).sort();
  }

  stamp(path: string): Stamp {
    return readStamp(look(path));
  }
}

function look(path: string): Stats | undefined {
  return attempt(() => statSync(path, { throwIfNoEntry: false }));
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
