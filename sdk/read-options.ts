import { type ArgvRules, createArgvReader, type GivenOption } from "../plugins/libc/getopt.ts";
import { mayBeOutOfRange } from "../plugins/libc/number.ts";
import type { Option, OptionRow, OptionsOf, OptionTable } from "./option.ts";
import { leftToPlugin } from "./option-kinds.ts";

/** One occurrence of an option, by its name in the table. Words that belong to no option come last. */
export interface GivenText {
  readonly name: string;
  readonly text: string | undefined;
}

/** A command line that a table has read. */
export interface ReadOptions<Table extends OptionTable> {
  readonly options: OptionsOf<Table>;
  /** All options in the order of the command line, for checks that depend on the order. */
  readonly given: readonly GivenText[];
}

/** Reads the words after the command. Undefined: some word is not understood. */
export type OptionsReader<Table extends OptionTable> = (
  argv: readonly string[],
) => ReadOptions<Table> | undefined;

/** Options that every plugin has. A table may use one of these names for an option of its own. */
const STANDARD = [
  leftToPlugin("-h, --help", "the plugin's own help"),
  leftToPlugin("-V, --version", "the plugin's version"),
];

/** The option of a check that stands in for no plugin. It has no version of its own to tell. */
const ALONE = [leftToPlugin("-h, --help", "this help")].map((option) => ({
  ...option,
  rows: option.rows.map((row) => ({ ...row, note: undefined })),
}));

/** Whether there is a plugin that answers what the check does not understand. */
export type ReadingMode = "stand-in" | "alone";

/** With this word, in any place, every plugin reads options from an ini file. */
const EXTRA_OPTIONS = /^--extra-opts(?:=|$)/;

/** All rows of `--help`: the rows of the table, and those that every plugin has. */
export function listRows(table: OptionTable, mode: ReadingMode = "stand-in"): readonly OptionRow[] {
  const rows = Object.values(table).flatMap((option) => option.rows);
  const taken = new Set(rows.flatMap(namesOf));
  const standard = (mode === "alone" ? ALONE : STANDARD).flatMap((option) => option.rows);
  return [...rows, ...standard.filter((row) => !namesOf(row).some((name) => taken.has(name)))];
}

function namesOf({ shorts, longs }: OptionRow): readonly string[] {
  return [...shorts.map((name) => `-${name}`), ...longs.map((name) => `--${name}`)];
}

/**
 * Makes a reader of command lines. It gives undefined for unknown or ambiguous options, missing or bad
 * values, required options that are not given, words if the table has no `words`, and for `--extra-opts`,
 * `--help`, `--version`, texts that begin with a number out of C's range, and options behind a word where
 * POSIXLY_CORRECT is set.
 *
 * `defineCheck` calls it for a check with a table; a check with its own `read` calls it itself. Throws a
 * TypeError if two options have the same name.
 */
export function createOptionsReader<const Table extends OptionTable>(
  table: Table,
  rules?: ArgvRules,
  mode: ReadingMode = "stand-in",
): OptionsReader<Table> {
  const rows = listRows(table, mode);
  const names = new Map(
    Object.entries(table).flatMap(([name, option]) => option.rows.map((row) => [row, name] as const)),
  );
  const readTable = createTableReader(table, mode);
  const wordsRow = rows.find((row) => namesOf(row).length === 0);
  const readArgv = createArgvReader(rows, rules);
  return (argv) => {
    if (mode === "stand-in" && argv.some((word) => EXTRA_OPTIONS.test(word))) return undefined;
    const read = readArgv(argv);
    if (read === undefined || (read.words.length > 0 && wordsRow === undefined)) return undefined;
    if (mode === "stand-in" && read.isPermuted && endsAtFirstWord()) return undefined;
    const words = wordsRow === undefined ? [] : read.words.map((text) => ({ spelling: wordsRow, text }));
    const all = [...read.given, ...words];
    if (!all.every(({ spelling }) => names.has(spelling))) return undefined;
    if (mode === "stand-in" && all.some(({ text = "" }) => mayBeOutOfRange(text))) return undefined;
    const options = readTable(Map.groupBy(all, ({ spelling }) => names.get(spelling) ?? ""));
    const given = all.map(({ spelling, text }) => ({ name: names.get(spelling) ?? "", text }));
    return options && { options, given };
  };
}

/**
 * Makes a reader of values. The values of options that are not given never change, so they are computed once.
 */
function createTableReader<Table extends OptionTable>(
  table: Table,
  mode: ReadingMode,
): (given: ReadonlyMap<string, readonly GivenOption<OptionRow>[]>) => OptionsOf<Table> | undefined {
  const absent = Object.entries(table).map(([name, option]) => [name, option.read([])] as const);
  const required = absent.filter(([, read]) => read === undefined).map(([name]) => name);
  const defaults = Object.fromEntries(absent.map(([name, read]) => [name, read?.value]));
  return (given) => {
    if (!required.every((name) => given.has(name))) return undefined;
    const values: Record<string, unknown> = { ...defaults };
    for (const [name, mine] of given) {
      const option = table[name];
      const read = option?.read(mine);
      if (read === undefined || (mode === "alone" && !areStrict(option, mine))) return undefined;
      values[name] = read.value;
    }
    return values as OptionsOf<Table>;
  };
}

/** Whether getopt of the plugin, which has the environment of this process, takes no option behind a word. */
function endsAtFirstWord(): boolean {
  return process.env["POSIXLY_CORRECT"] !== undefined;
}

function areStrict(option: Option<unknown> | undefined, given: readonly GivenOption<OptionRow>[]): boolean {
  return given.every(({ text }) => text === undefined || option?.isStrict?.(text) !== false);
}

/** Whether the option reads all its occurrences. */
export function isReadBy(
  option: Option<unknown>,
  given: readonly GivenOption<OptionRow>[],
  mode: ReadingMode,
): boolean {
  return option.read(given) !== undefined && (mode === "stand-in" || areStrict(option, given));
}
