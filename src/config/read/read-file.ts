import { join, resolve } from "node:path";
import { getSystemErrorMessage } from "node:util";
import { type ByteString, fromByteString, trim } from "../../byte-string.ts";
import { errorCode } from "../../error-text.ts";
import type { OptionFinder } from "../find-option.ts";
import type { Machine } from "../machine.ts";
import { error, type Origin, type Problem, warning } from "../problem.ts";
import type { ReadBudget } from "./budget.ts";
import { type ConfigEntry, readEntry } from "./entry.ts";

export interface FileReader {
  readonly budget: ReadBudget;
  /** The files and folders that are being read, from the first one to the one that names the next. */
  readonly open: readonly string[];
  /** Gets the files that a file names on a machine that does not read them. */
  readonly unread: string[];
  readonly finder: OptionFinder;
  readonly machine: Machine;
  readonly report: (problem: Problem) => void;
}

const MAX_DEPTH = 10;
const HINT = "name a file of key=value lines";
const BYTE_ORDER_MARK = "\xef\xbb\xbf";

/** Replaces a `config=` entry by the entries of the file it names; every other entry stays as it is. */
export function expandEntry(entry: ConfigEntry, reader: FileReader): readonly ConfigEntry[] {
  const isInclude = reader.finder.find(entry.key)?.effect === "include";
  if (!isInclude || entry.text === undefined) return [entry];
  if (entry.text !== "" && reader.machine.isAlone && reader.open.length > 0) return leave(entry, reader);
  if (entry.text !== "") return readPath(fromByteString(entry.text), entry.origin, reader);
  reader.report({ ...error(`${entry.key} names no file`), ...entry.origin });
  return [];
}

function leave({ key, text = "", origin }: ConfigEntry, { unread, report }: FileReader): readonly [] {
  const path = fromByteString(text);
  unread.push(path);
  report({ ...warning(`${key}: ${path} is not read, so what it says was not checked`), ...origin });
  return [];
}

/** Reads a file, or all files of a directory; `from` is the line that names it. */
function readPath(path: string, from: Origin, reader: FileReader): readonly ConfigEntry[] {
  const { machine, report, budget, open } = reader;
  if (budget.excess !== undefined) return [];
  const absolute = resolve(machine.cwd, path);
  if (open.includes(absolute) || open.length >= MAX_DEPTH) {
    report({ ...error("deep recursion in config files!", `${path} seems to include itself`), ...from });
    return [];
  }
  try {
    const inside = { ...reader, open: [...open, absolute] };
    if (machine.stat(absolute).isDirectory()) return readDirectory(path, from, inside);
    const content = machine.readFile(absolute).toString("latin1");
    budget.countFile(content.length);
    if (isWithin(path, from, reader)) return readLines(path, content, inside);
  } catch (cause) {
    const text = `could not open file: ${path}: ${systemReason(cause)}`;
    const isOfSystem = cause instanceof Error && "errno" in cause;
    report({ ...error(text, isOfSystem ? rightsHint(cause) : HINT), ...from });
  }
  return [];
}

/** Reports once that there is too much of everything. */
function isWithin(path: string, from: Origin, { budget: { excess }, report }: FileReader): boolean {
  if (excess === undefined) return true;
  report({ ...error(`${path} is not read: the configuration would have ${excess}`, HINT), ...from });
  return false;
}

function readDirectory(path: string, from: Origin, reader: FileReader): readonly ConfigEntry[] {
  const { machine, budget } = reader;
  const folder = resolve(machine.cwd, path);
  const isWanted = (name: string) => {
    // Lock files of editors, and the data folder of a ConfigMap that Kubernetes has mounted.
    if (name.startsWith(".")) return false;
    return /\.(?:cfg|conf)$/.test(name) || isDirectory(resolve(folder, name), machine);
  };
  const found = machine.readdir(folder);
  budget.countFolder(found.length);
  if (!isWithin(path, from, reader)) return [];
  return found
    .filter(isWanted)
    .sort()
    .flatMap((name) => readPath(join(path, name), from, reader));
}

function isDirectory(path: string, machine: Machine): boolean {
  try {
    return machine.stat(path).isDirectory();
  } catch {
    return false;
  }
}

function readLines(file: string, content: ByteString, reader: FileReader): readonly ConfigEntry[] {
  if (content.includes("\0")) {
    reader.report({ ...error(`${file} looks like no configuration: it has NUL bytes`, HINT), file });
    return [];
  }
  const text = content.startsWith(BYTE_ORDER_MARK) ? content.slice(BYTE_ORDER_MARK.length) : content;
  const lines = text.split("\n");
  return lines.flatMap((line, index) => {
    const comment = line.indexOf("#");
    const setting = comment < 0 ? line : line.slice(0, comment);
    if (trim(setting) === "") return [];
    const isCut = comment > 0 && trim(setting.slice(-1)) !== "";
    return expandEntry(readEntry(setting, { file, line: index + 1 }, isCut), reader);
  });
}

/** What to do about a file that is there and may not be read. */
export function rightsHint(cause: unknown): string | undefined {
  const isDenied = errorCode(cause) === "EACCES";
  return isDenied
    ? "call this as the worker's user, and let that user read the file: chgrp, chmod g+r"
    : undefined;
}

/** `no such file or directory`, without the code, the call and the path Node.js puts around it. */
export function systemReason(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if ("errno" in cause && typeof cause.errno === "number")
    return getSystemErrorMessage(cause.errno) ?? cause.message;
  return cause.message;
}
