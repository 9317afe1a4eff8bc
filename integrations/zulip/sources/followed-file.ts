import { type FileHandle, open, readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorCode } from "../../../src/error-text.ts";
import type { StateFile } from "./state-file.ts";

/** A place in a file, which may have another name by now. */
interface Position {
  /** The number of the file. Empty: there was none. */
  readonly file: string;
  readonly offset: number;
}

export interface FollowedLine {
  readonly text: string;
  /** Where the next line begins. */
  readonly end: Position;
}

const CHUNK = 262_144;
const LINE_FEED = 0x0a;
const NOWHERE: Position = { file: "", offset: 0 };

/**
 * The lines that are added to a file, each once, also over restarts: `commit` remembers how far they were
 * dealt with. The file may be renamed (its rest is read under the new name, in the same folder), truncated
 * or missing. What was there before the first start is left out.
 */
export class FollowedFile {
  readonly #path: string;
  readonly #state: StateFile;
  #position: Position;

  private constructor(path: string, state: StateFile, position: Position) {
    this.#path = path;
    this.#state = state;
    this.#position = position;
  }

  static async open(path: string, state: StateFile): Promise<FollowedFile> {
    const known = readPosition(await state.read());
    if (known !== undefined) return new FollowedFile(path, state, known);
    const position = (await endOf(path)) ?? NOWHERE;
    await state.write(position);
    return new FollowedFile(path, state, position);
  }

  /** The next whole lines. Empty: there is none at the moment. Throws the system's error. */
  async read(): Promise<readonly FollowedLine[]> {
    const present = await numberOf(this.#path);
    const { file } = this.#position;
    if (file !== present && file !== "") {
      const renamed = await this.#findRenamed(file);
      const rest = renamed === undefined ? [] : await this.#readFrom(renamed, this.#position);
      if (rest.length > 0) return rest;
    }
    if (present === undefined) return [];
    return this.#readFrom(this.#path, file === present ? this.#position : { file: present, offset: 0 });
  }

  async commit(end: Position): Promise<void> {
    this.#position = end;
    await this.#state.write(end);
  }

  async #findRenamed(file: string): Promise<string | undefined> {
    const folder = dirname(this.#path);
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      if (path !== this.#path && (await numberOf(path)) === file) return path;
    }
    return undefined;
  }

  async #readFrom(path: string, { file, offset: wanted }: Position): Promise<readonly FollowedLine[]> {
    const handle = await open(path, "r");
    try {
      const offset = (await isLineStart(handle, wanted)) ? wanted : 0;
      for (let begin = offset; ; begin += CHUNK) {
        const chunk = Buffer.alloc(CHUNK);
        const { bytesRead } = await handle.read(chunk, 0, CHUNK, begin);
        const lines = splitLines(chunk.subarray(0, bytesRead), { file, offset: begin });
        const [first, ...others] = lines;
        // A line that is longer than a chunk is none of ours: nothing is left of it.
        if (first !== undefined) return begin === offset ? lines : [{ ...first, text: "" }, ...others];
        if (bytesRead < CHUNK) return [];
      }
    } finally {
      await handle.close();
    }
  }
}

function splitLines(bytes: Buffer, { file, offset }: Position): readonly FollowedLine[] {
  const lines: FollowedLine[] = [];
  let start = 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, start)) {
    lines.push({ text: bytes.toString("utf8", start, at), end: { file, offset: offset + at + 1 } });
    start = at + 1;
  }
  return lines;
}

/** A file that was truncated and written anew has something else there. */
async function isLineStart(handle: FileHandle, offset: number): Promise<boolean> {
  if (offset === 0) return true;
  const before = Buffer.alloc(1);
  const { bytesRead } = await handle.read(before, 0, 1, offset - 1);
  return bytesRead === 1 && before[0] === LINE_FEED;
}

async function endOf(path: string): Promise<Position | undefined> {
  const found = await statOf(path);
  return found && { file: found.file, offset: found.size };
}

async function numberOf(path: string): Promise<string | undefined> {
  return (await statOf(path))?.file;
}

async function statOf(path: string): Promise<{ readonly file: string; readonly size: number } | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? { file: `${found.dev}:${found.ino}`, size: found.size } : undefined;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

function readPosition(state: unknown): Position | undefined {
  const { file, offset } = Object(state) as { readonly file?: unknown; readonly offset?: unknown };
  return typeof file === "string" && typeof offset === "number" ? { file, offset } : undefined;
}
