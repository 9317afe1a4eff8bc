import { type ArgvRules, createArgvReader, type GivenOption } from "../../plugins/libc/getopt.ts";
import type { Option, OptionRow, OptionTable } from "../option.ts";
import { isReadBy, listRows } from "../read-options.ts";
import { isSecret } from "./secret.ts";
import { nameOf } from "./usage.ts";

type Given = GivenOption<OptionRow>;

/**
 * Says which word of a command line is wrong and why, for a check that stands in for no plugin. It is called
 * when the table has not read the words. Undefined: they ask for help, or the table has read them.
 *
 * The value of a secret option is not shown.
 */
export function findFault(
  table: OptionTable,
  argv: readonly string[],
  rules: ArgvRules = {},
): string | undefined {
  const rows = listRows(table, "alone");
  const read = createArgvReader(rows, rules);
  const all = read(argv);
  if (all === undefined) return describeWord(argv, rows, (words) => read(words) !== undefined);
  if (all.given.some(({ spelling }) => isHelp(spelling, table))) return undefined;
  const wordsRow = rows.find(isForWords);
  const [extra] = wordsRow === undefined ? all.words : [];
  if (extra !== undefined) return describeExtra(extra, all.given);
  const words = wordsRow === undefined ? [] : all.words.map((text) => ({ spelling: wordsRow, text }));
  const given = [...all.given, ...words];
  return Object.values(table)
    .map((option) =>
      findWrongValue(
        option,
        given.filter(({ spelling }) => option.rows.includes(spelling)),
      ),
    )
    .find((fault) => fault !== undefined);
}

/** Whether it is the row that every check has, and not one of the table. */
function isHelp(row: OptionRow, table: OptionTable): boolean {
  return !Object.values(table).some(({ rows }) => rows.includes(row));
}

function isForWords({ shorts, longs }: OptionRow): boolean {
  return shorts.length + longs.length === 0;
}

function findWrongValue(option: Option<unknown>, given: readonly Given[]): string | undefined {
  if (isReadBy(option, given, "alone")) return undefined;
  const [row] = option.rows;
  if (row === undefined) return "the options are not understood";
  if (given.length === 0) return `${option.rows.map(nameOf).join(" or ")} is required`;
  if (isForWords(row))
    return `${given.length} words are given: ${row.text} ${option.expects ?? "is not understood"}`;
  const wrong = given.find((one) => !isReadBy(option, [one], "alone"));
  return wrong === undefined ? `${nameOf(row)} is given too often` : describeValue(wrong, option);
}

function describeValue({ spelling, text = "" }: Given, { expects }: Option<unknown>): string {
  const shown = isSecret(spelling) ? "what follows" : /^$|\s/.test(text) ? `'${text}'` : text;
  return `${nameOf(spelling)} ${shown} ${expects === undefined ? "is not understood" : `is no ${expects}`}`;
}

/** A word may be a part of a secret that was not put in quotes. */
function describeExtra(word: string, given: readonly Given[]): string {
  const isHidden = given.some(({ spelling }) => isSecret(spelling));
  return isHidden ? "one word too many, which belongs to no option" : `${word} belongs to no option`;
}

/** The word after which no more words can make the command line right. */
function describeWord(
  argv: readonly string[],
  rows: readonly OptionRow[],
  isRead: (words: readonly string[]) => boolean,
): string {
  let at = argv.length - 1;
  while (at > 0 && !isRead(argv.slice(0, at))) at -= 1;
  const word = argv[at] ?? "";
  return word.startsWith("--") ? describeLong(word, rows) : describeShorts(word, rows);
}

function describeLong(word: string, rows: readonly OptionRow[]): string {
  const [name = ""] = word.split("=", 1);
  const fits = (long: string) => `--${long}`.startsWith(name);
  const exact = rows.find(({ longs }) => longs.includes(name.slice(2)));
  const fitting = exact === undefined ? rows.filter(({ longs }) => longs.some(fits)) : [exact];
  const [row, ...others] = fitting;
  if (row === undefined) return `${name} is no option`;
  if (others.length > 0) {
    const names = fitting.flatMap(({ longs }) => longs.filter(fits)).map((long) => `--${long}`);
    return `${name} may be ${names.join(" or ")}`;
  }
  return row.value === "none" ? `${name} takes no value` : `${name} needs a value`;
}

function describeShorts(word: string, rows: readonly OptionRow[]): string {
  for (const letter of word.slice(1)) {
    const row = rows.find(({ shorts }) => shorts.includes(letter));
    if (row === undefined) return `-${letter} is no option`;
    if (row.value !== "none") return `-${letter} needs a value`;
  }
  return `${word} is not understood`;
}
