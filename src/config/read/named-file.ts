import { resolve } from "node:path";
import type { Machine } from "../machine.ts";
import { error, type Remark } from "../problem.ts";
import { rightsHint, systemReason } from "./read-file.ts";

export interface FileReading {
  readonly machine: Machine;
  readonly report: (remark: Remark) => void;
}

/** The file that a word of an option names. Undefined: it cannot be read, which is reported. */
export function readNamedFile(
  word: string,
  path: string,
  { machine, report }: FileReading,
): Buffer | undefined {
  try {
    return machine.readFile(resolve(machine.cwd, path));
  } catch (cause) {
    report(error(`could not open ${word}: ${path}: ${systemReason(cause)}`, rightsHint(cause)));
    return undefined;
  }
}

/** What such a file has in its first line, as `password_file` and the like. */
export function readNamedLine(word: string, path: string, reading: FileReading): string | undefined {
  const content = readNamedFile(word, path, reading);
  if (content === undefined) return undefined;
  const [line = ""] = content.toString("utf8").split("\n", 1);
  const text = line.trim();
  if (text !== "" && !/\p{Cc}/u.test(text)) return text;
  reading.report(error(`${word} ${path} has no ${word.replace("_file", "")} in its first line`));
  return undefined;
}
