import type { OptionRow } from "../../sdk/option.ts";
import { isSecret } from "../../sdk/words/secret.ts";
import type { ByteString } from "../byte-string.ts";
import { type GivenOption, none, whole } from "./secret-options.ts";

/** What a table says of a word: an option with a value, one without, or no option of the table. */
export type MarkedWord = GivenOption | "flag" | undefined;

/**
 * Reads a word by the table of a check, whose rows are marked where the value is a secret. It reads words as
 * getopt_long does. Where an abbreviation fits several options, one secret among them is enough. Programs in
 * Go take long options with one dash, too: the whole name of a secret one counts where the letters are none.
 */
export function readMarked(word: ByteString, rows: readonly OptionRow[]): MarkedWord {
  if (!word.startsWith("-") || word === "-" || word === "--") return undefined;
  if (word.startsWith("--")) return readLong(word, rows);
  const read = readShorts(word, rows);
  const isHidden = typeof read === "object" && read.secretOf === whole;
  return isHidden ? read : (readLongWithOneDash(word, rows) ?? read);
}

function readLongWithOneDash(word: ByteString, rows: readonly OptionRow[]): MarkedWord {
  const [, name = "", value] = /^-([^=]{2,})(?:=(.*))?$/s.exec(word) ?? [];
  const row = rows.find((each) => each.longs.includes(name) && isSecret(each));
  return row && toOption(`-${name}=`, value, row);
}

/** The row of words that belong to no option. */
export function findWordsRow(rows: readonly OptionRow[]): OptionRow | undefined {
  return rows.find(({ shorts, longs }) => shorts.length + longs.length === 0);
}

function readLong(word: ByteString, rows: readonly OptionRow[]): MarkedWord {
  const [, name = "", equals, value = ""] = /^--([^=]*)(=)?(.*)$/s.exec(word) ?? [];
  const exact = rows.find(({ longs }) => longs.includes(name));
  const fitting = exact ? [exact] : rows.filter(({ longs }) => longs.some((long) => long.startsWith(name)));
  const row = fitting.find(isSecret) ?? fitting[0];
  if (row === undefined) return undefined;
  if (equals !== undefined) return toOption(`--${name}=`, value, row);
  return row.value === "required" ? toOption(`--${name}=`, undefined, row) : "flag";
}

function readShorts(word: ByteString, rows: readonly OptionRow[]): MarkedWord {
  for (let at = 1; at < word.length; at += 1) {
    const row = rows.find(({ shorts }) => shorts.includes(word.charAt(at)));
    if (row === undefined) return undefined;
    if (row.value === "none") continue;
    const rest = word.slice(at + 1);
    if (rest === "" && row.value === "optional") return "flag";
    return toOption(word.slice(0, at + 1), rest || undefined, row);
  }
  return "flag";
}

function toOption(head: ByteString, value: ByteString | undefined, row: OptionRow): GivenOption {
  return { head, value, secretOf: isSecret(row) ? whole : none, startsCommand: row.startsCommand };
}
