import { join, resolve } from "node:path";
import { getSystemErrorMessage } from "node:util";
import { type ByteString, fromByteString, trim } from "../byte-string.ts";
import { type Entry, readEntry } from "./entry.ts";
import { findOption } from "./find-option.ts";
import type { Machine } from "./machine.ts";
import { error, type Origin, type Problem } from "./problem.ts";

export interface Reader {
  readonly machine: Machine;
  readonly report: (problem: Problem) => void;
}

const DEEPEST = 10;
const BYTE_ORDER_MARK = "\xef\xbb\xbf";

/** Puts what a `config=` entry names in its place; every other entry stays what it is. */
export function expandEntry(entry: Entry, reader: Reader, depth = 0): readonly Entry[] {
  const isInclude = findOption(entry.key)?.effect === "include";
  if (!isInclude || entry.text === undefined) return [entry];
  if (entry.text !== "")
    return readPath(fromByteString(entry.text), entry.origin, { ...reader, depth: depth + 1 });
  reader.report({ ...error(`${entry.key} names no file`), ...entry.origin });
  return [];
}

interface NestedReader extends Reader {
  readonly depth: number;
}

/** A file, or all files of a directory; `from` is where it was asked for. */
function readPath(path: string, from: Origin, reader: NestedReader): readonly Entry[] {
  const { machine, report, depth } = reader;
  if (depth > DEEPEST) {
    report({ ...error("deep recursion in config files!", `${path} seems to include itself`), ...from });
    return [];
  }
  try {
    const place = resolve(machine.cwd, path);
    if (machine.stat(place).isDirectory()) return readDirectory(path, from, reader);
    return readLines(path, machine.readFile(place).toString("latin1"), reader);
  } catch (cause) {
    report({ ...error(`could not open file: ${path}: ${systemReason(cause)}`), ...from });
    return [];
  }
}

function readDirectory(path: string, from: Origin, reader: NestedReader): readonly Entry[] {
  const { machine, depth } = reader;
  const place = resolve(machine.cwd, path);
  const isWanted = (name: string) => {
    // Editors' lock files; and what Kubernetes keeps beside the links in a mounted ConfigMap.
    if (name.startsWith(".")) return false;
    return /\.(?:cfg|conf)$/.test(name) || isDirectory(resolve(place, name), machine);
  };
  const names = machine.readdir(place).filter(isWanted).sort();
  return names.flatMap((name) => readPath(join(path, name), from, { ...reader, depth: depth + 1 }));
}

function isDirectory(place: string, machine: Machine): boolean {
  try {
    return machine.stat(place).isDirectory();
  } catch {
    return false;
  }
}

function readLines(file: string, content: ByteString, reader: NestedReader): readonly Entry[] {
  const text = content.startsWith(BYTE_ORDER_MARK) ? content.slice(BYTE_ORDER_MARK.length) : content;
  const lines = text.split("\n");
  return lines.flatMap((line, index) => {
    const comment = line.indexOf("#");
    const setting = comment < 0 ? line : line.slice(0, comment);
    if (trim(setting) === "") return [];
    const isCut = comment > 0 && trim(setting.slice(-1)) !== "";
    return expandEntry(readEntry(setting, { file, line: index + 1 }, isCut), reader, reader.depth);
  });
}

/** `no such file or directory`, without Node's code, call and path around it. */
export function systemReason(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if ("errno" in cause && typeof cause.errno === "number")
    return getSystemErrorMessage(cause.errno) ?? cause.message;
  return cause.message;
}
