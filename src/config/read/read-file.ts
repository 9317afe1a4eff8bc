import { join, resolve } from "node:path";
import { getSystemErrorMessage } from "node:util";
import { type ByteString, fromByteString, trim } from "../../byte-string.ts";
import type { OptionFinder } from "../find-option.ts";
import type { Machine } from "../machine.ts";
import { error, type Origin, type Problem } from "../problem.ts";
import { type ConfigEntry, readEntry } from "./entry.ts";

export interface FileReader {
  readonly finder: OptionFinder;
  readonly machine: Machine;
  readonly report: (problem: Problem) => void;
}

const MAX_DEPTH = 10;
const BYTE_ORDER_MARK = "\xef\xbb\xbf";

/** Replaces a `config=` entry by the entries of the file it names; every other entry stays as it is. */
export function expandEntry(entry: ConfigEntry, reader: FileReader, depth = 0): readonly ConfigEntry[] {
  const isInclude = reader.finder.find(entry.key)?.effect === "include";
  if (!isInclude || entry.text === undefined) return [entry];
  if (entry.text !== "")
    return readPath(fromByteString(entry.text), entry.origin, { ...reader, depth: depth + 1 });
  reader.report({ ...error(`${entry.key} names no file`), ...entry.origin });
  return [];
}

interface NestedReader extends FileReader {
  readonly depth: number;
}

/** Reads a file, or all files of a directory; `from` is the line that names it. */
function readPath(path: string, from: Origin, reader: NestedReader): readonly ConfigEntry[] {
  const { machine, report, depth } = reader;
  if (depth > MAX_DEPTH) {
    report({ ...error("deep recursion in config files!", `${path} seems to include itself`), ...from });
    return [];
  }
  try {
    const absolute = resolve(machine.cwd, path);
    if (machine.stat(absolute).isDirectory()) return readDirectory(path, from, reader);
    return readLines(path, machine.readFile(absolute).toString("latin1"), reader);
  } catch (cause) {
    report({ ...error(`could not open file: ${path}: ${systemReason(cause)}`), ...from });
    return [];
  }
}

function readDirectory(path: string, from: Origin, reader: NestedReader): readonly ConfigEntry[] {
  const { machine, depth } = reader;
  const folder = resolve(machine.cwd, path);
  const isWanted = (name: string) => {
    // Lock files of editors, and the data folder of a ConfigMap that Kubernetes has mounted.
    if (name.startsWith(".")) return false;
    return /\.(?:cfg|conf)$/.test(name) || isDirectory(resolve(folder, name), machine);
  };
  const names = machine.readdir(folder).filter(isWanted).sort();
  return names.flatMap((name) => readPath(join(path, name), from, { ...reader, depth: depth + 1 }));
}

function isDirectory(path: string, machine: Machine): boolean {
  try {
    return machine.stat(path).isDirectory();
  } catch {
    return false;
  }
}

function readLines(file: string, content: ByteString, reader: NestedReader): readonly ConfigEntry[] {
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

/** `no such file or directory`, without the code, the call and the path Node.js puts around it. */
export function systemReason(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if ("errno" in cause && typeof cause.errno === "number")
    return getSystemErrorMessage(cause.errno) ?? cause.message;
  return cause.message;
}
