import type { GivenText } from "../../sdk/read-options.ts";
import { DELIMITER } from "./objects.ts";
import { REWRITES, type SnmpOptions } from "./options.ts";
import { findStateDirectory, nameStateFile } from "./rate-state.ts";

/** What `--rate` asks for. */
export interface Rate {
  /** Seconds in the rate's unit. */
  readonly multiplier: number;
  readonly stateFile: string;
}

/**
 * Undefined where the plugin has to answer. Words that belong to no option, and the words it rewrites, change
 * the name of its state file. With another delimiter it may find no object, and then it writes beyond its
 * memory.
 */
export function readRate(
  { rateMultiplier, words, delimiter }: SnmpOptions,
  argv: readonly string[],
  given: readonly GivenText[],
): Rate | undefined {
  const directory = findStateDirectory(process.env);
  const isPlain =
    delimiter === DELIMITER && words.length === 0 && !argv.some((word) => Object.hasOwn(REWRITES, word));
  if (directory === undefined || !isPlain) return undefined;
  return { multiplier: rateMultiplier, stateFile: nameStateFile(directory, cutWords(argv, given)) };
}

/**
 * The words as they are when the plugin reads `--rate`, of which it makes the name of the state file. By then
 * it has cut the words before `--rate` where it split them: `-o`, labels and units at their first comma.
 */
function cutWords(argv: readonly string[], given: readonly GivenText[]): readonly string[] {
  const words = [...argv];
  const before = given.slice(
    0,
    given.findIndex(({ name }) => name === "isRate"),
  );
  let at = 0;
  for (const { name, text } of before) {
    if (text === undefined) continue;
    while (at < words.length - 1 && !words[at]?.endsWith(text)) at += 1;
    const word = words[at] ?? "";
    words[at] = word.slice(0, word.length - text.length) + cut(name, text);
    at += 1;
  }
  return words;
}

function cut(name: string, text: string): string {
  if (name === "oids") return /^,*[^,]*/.exec(text)?.[0] ?? "";
  if (name !== "labels" && name !== "units") return text;
  const [blanks = ""] = /^[ \t\r\n]*/.exec(text) ?? [];
  const label = text.slice(blanks.length);
  if (/^[',]/.test(label)) return blanks;
  const comma = label.indexOf(",");
  return comma >= 0 && comma < label.length - 1 ? blanks + label.slice(0, comma) : text;
}
