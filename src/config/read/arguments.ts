import { toByteString } from "../../byte-string.ts";
import type { Origin } from "../problem.ts";
import { type ConfigEntry, readEntry } from "./entry.ts";
import { optionWords } from "./info-request.ts";

export const COMMAND_LINE: Origin = { file: "command line" };

/** Every argument is one line of a configuration file, but `#` starts no comment in it. */
export function readArguments(argv: readonly string[]): readonly ConfigEntry[] {
  return optionWords(argv).map((argument) => readEntry(toByteString(argument), COMMAND_LINE));
}
