import { toByteString } from "../byte-string.ts";
import { type Entry, readEntry } from "./entry.ts";
import type { Origin } from "./problem.ts";

export const COMMAND_LINE: Origin = { file: "command line" };

export type Question = "help" | "version";

const QUESTIONS: ReadonlyMap<string, Question> = new Map([
  ["help", "help"],
  ["-help", "help"],
  ["--help", "help"],
  ["-h", "help"],
  ["version", "version"],
  ["-version", "version"],
  ["--version", "version"],
  ["-V", "version"],
  ["-v", "version"],
]);

/** What the command line asks for instead of a run. */
export function findQuestion(argv: readonly string[]): Question | undefined {
  return settings(argv)
    .map((argument) => QUESTIONS.get(argument))
    .find((question) => question !== undefined);
}

/** Every argument is one line of a configuration file, save that `#` starts no comment. */
export function readArguments(argv: readonly string[]): readonly Entry[] {
  return settings(argv).map((argument) => readEntry(toByteString(argument), COMMAND_LINE));
}

/** `--` ends the options, as in the Go worker. */
function settings(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf("--");
  return end < 0 ? argv : argv.slice(0, end);
}
