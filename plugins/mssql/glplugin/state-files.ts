import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CheckDeclined } from "../../../sdk/index.ts";
import { renderNumber } from "../client/answer.ts";
import { lowerCase, toNumber } from "./perl.ts";

/** What the plugin's runs leave for the next run. Its files are read and written, so both may take turns. */
export interface StateFiles {
  readonly folder: string;
  /** `batch-requests`, as it stands on the command line. */
  readonly mode: string;
  /** `_db1_1433` */
  readonly place: string;
}

type State = Readonly<Record<string, string>>;

/** A counter, and how it has grown since the run before. */
export interface Growth {
  readonly delta: number;
  readonly perSecond: number;
  /** Seconds. 0: the run before was in this second. */
  readonly seconds: number;
}

/** Compares a counter with the run before, and keeps it. A counter that has fallen began anew at 0. */
export async function grow(files: StateFiles, name: string, counter: string | number): Promise<Growth> {
  const value = typeof counter === "number" ? renderNumber(counter) : counter;
  if (!/^\d+\.*\d*$/.test(value)) throw new CheckDeclined("a counter that is no plain number");
  const now = Math.floor(Date.now() / 1000);
  const before = (await load(files, name)) ?? { [name]: "0", timestamp: "0" };
  const seconds = now - toNumber(before["timestamp"] ?? "");
  const last = before[name] || value;
  const difference = toNumber(counter) - toNumber(last);
  const delta = difference >= 0 ? difference : toNumber(counter);
  await save(files, name, { [name]: value, timestamp: String(now) });
  const perSecond = seconds === 0 ? 0 : delta / seconds;
  return { delta, perSecond, seconds };
}

/** How often a value that cannot be is replaced by the last one that could be. */
const MOST_REPLACED = 5;

/** Gives the value, or the last good one in its place if it is not possible. */
export async function protect(
  files: StateFiles,
  { name, key, value, isPossible }: ProtectedValue,
): Promise<string | number | undefined> {
  const file = `protect_${name}_${key}`;
  const text = typeof value === "number" ? renderNumber(value) : value;
  if (value !== undefined && text !== undefined && isPlain(text) && isPossible(toNumber(value))) {
    await save(files, file, { [key]: text, exception: "0" });
    return value;
  }
  const before = await load(files, file);
  const times = toNumber(before?.["exception"] ?? "0");
  await save(files, file, { ...(before?.[key] && { [key]: before[key] }), exception: String(times + 1) });
  return times <= MOST_REPLACED ? before?.[key] : value;
}

export interface ProtectedValue {
  readonly name: string;
  readonly key: string;
  readonly value: string | number | undefined;
  readonly isPossible: (value: number) => boolean;
}

function isPlain(value: string): boolean {
  return /^[-+]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)$/.test(value);
}

function pathOf({ folder, mode, place }: StateFiles, name: string): string {
  const ending = `_${name}${place}`.replaceAll(/[/()*\s]/g, "_");
  return join(folder, `${mode}${lowerCase(ending)}`);
}

async function load(files: StateFiles, name: string): Promise<State | undefined> {
  let text: string;
  try {
    text = await readFile(pathOf(files, name), "latin1");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new CheckDeclined("the plugin's file of values cannot be read", { cause: error });
  }
  return readState(text);
}

function readState(text: string): State {
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read !== "object" || read === null) throw new TypeError("no object");
    const plain = Object.entries(read).filter(([, value]) => ["string", "number"].includes(typeof value));
    return Object.fromEntries(plain.map(([name, value]) => [name, String(value)]));
  } catch (error) {
    throw new CheckDeclined("the plugin's file of values cannot be understood", { cause: error });
  }
}

async function save(files: StateFiles, name: string, state: State): Promise<void> {
  const path = pathOf(files, name);
  const { timestamp } = state;
  const localtime = timestamp && { localtime: new Date(Number(timestamp) * 1000).toString().slice(0, 24) };
  const temporary = `${path}${process.pid}.${Math.random()}`;
  try {
    await makeFolder(files.folder);
    await writeFile(temporary, `${JSON.stringify({ ...state, ...localtime }, undefined, 3)}\n`);
    await rename(temporary, path);
  } catch (error) {
    throw new CheckDeclined("the plugin's file of values cannot be written", { cause: error });
  }
}

/** Node's own way to make those above it, too, never ends where the system refuses one, as in /proc. */
async function makeFolder(path: string): Promise<void> {
  if (await isFolder(path)) return;
  if (dirname(path) !== path) await makeFolder(dirname(path));
  await mkdir(path).catch(async (error: unknown) => {
    if (!(await isFolder(path))) throw error; // another check may have made it meanwhile
  });
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true;
}
