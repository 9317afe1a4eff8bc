import { randomBytes } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** What one command line of a check remembers, by name. */
export type Remembered = Readonly<Record<string, RememberedValue>>;

export interface RememberedValue {
  readonly value: number | string;
  /** When it was remembered, in seconds since 1970. */
  readonly time: number;
  /** The last rate that was computed of the value. */
  readonly rate?: number;
}

/** The values of all command lines of a check, by a hash of the words. The latest one comes last. */
export type Lines = Map<string, Remembered>;

const VERSION = 1;
const MAX_SIZE = 16_777_216;
const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/** Empty if there is no file. Throws if the file cannot be read, or is none that `writeLines` has written. */
export function readLines(path: string): Lines {
  const text = readText(path);
  if (text === undefined) return new Map();
  const { version, lines } = JSON.parse(text) as { version?: unknown; lines?: unknown };
  if (version !== VERSION || typeof lines !== "object" || lines === null)
    throw new Error(`${path} has no remembered values`);
  return new Map(Object.entries(lines as Readonly<Record<string, unknown>>).filter(isLine));
}

function readText(path: string): string | undefined {
  try {
    const file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const state = fstatSync(file);
      if (!state.isFile() || state.size > MAX_SIZE) throw new Error(`${path} is no file of values`);
      return readFileSync(file, "utf8");
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function isLine(entry: [string, unknown]): entry is [string, Remembered] {
  const [, line] = entry;
  return typeof line === "object" && line !== null && Object.values(line).every(isValue);
}

function isValue(one: unknown): one is RememberedValue {
  if (typeof one !== "object" || one === null) return false;
  const { value, time, rate } = one as Partial<RememberedValue>;
  const isRate = rate === undefined || typeof rate === "number";
  return (typeof value === "number" || typeof value === "string") && typeof time === "number" && isRate;
}

/** Its parent has to be there: `recursive` never ends below /proc. */
async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
}

/** Writes a temporary file and renames it, so that no reader finds half of a file. */
export async function writeLines(path: string, lines: Lines): Promise<void> {
  await makeFolder(dirname(path));
  const temporary = `${path}.${randomBytes(4).toString("hex")}`;
  try {
    await using file = await open(temporary, "wx", 0o600);
    await file.writeFile(JSON.stringify({ version: VERSION, lines: Object.fromEntries(lines) }));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await rename(temporary, path);
}
