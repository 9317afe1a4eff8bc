import { type ArgvRules, createArgvReader, type GivenOption } from "../plugins/libc/getopt.ts";
import type { OptionRow, OptionsOf, OptionTable } from "./option.ts";
import { leftToPlugin } from "./option-kinds.ts";

/** One option as it was given, by its name in the table. Words that belong to no option come last. */
export interface GivenText {
  readonly name: string;
  readonly text: string | undefined;
}

/** A command line read by a table. */
export interface ReadOptions<Table extends OptionTable> {
  readonly options: OptionsOf<Table>;
  /** In the order they were given, for checks to which it matters. */
  readonly given: readonly GivenText[];
}

export type OptionsReader<Table extends OptionTable> = (
  argv: readonly string[],
) => ReadOptions<Table> | undefined;

/** Every plugin has them; a table that spells one of these names itself means its own. */
const STANDARD = [
  leftToPlugin("-h, --help", "the plugin's own help"),
  leftToPlugin("-V, --version", "the plugin's version"),
];

/** At this word every plugin takes options out of an ini file, wherever it stands. */
const EXTRA_OPTIONS = /^--extra-opts(?:=|$)/;

/** All rows of `--help`: the table's, and those every plugin has. */
export function listRows(table: OptionTable): readonly OptionRow[] {
  const rows = Object.values(table).flatMap((option) => option.rows);
  const taken = new Set(rows.flatMap(namesOf));
  const standard = STANDARD.flatMap((option) => option.rows);
  return [...rows, ...standard.filter((row) => !namesOf(row).some((name) => taken.has(name)))];
}

function namesOf({ shorts, longs }: OptionRow): readonly string[] {
  return [...shorts.map((name) => `-${name}`), ...longs.map((name) => `--${name}`)];
}

/**
 * Makes a reader of command lines. It gives undefined where a word is not understood: unknown or ambiguous options, missing or bad
 * values, required options not given, words where the table has no `words`, `--extra-opts`, `--help` and `--version`.
 */
export function createOptionsReader<const Table extends OptionTable>(
  table: Table,
  rules?: ArgvRules,
): OptionsReader<Table> {
  const rows = listRows(table);
  const names = new Map(
    Object.entries(table).flatMap(([name, option]) => option.rows.map((row) => [row, name] as const)),
  );
  const readTable = createTableReader(table);
  const wordsRow = rows.find((row) => namesOf(row).length === 0);
  const readArgv = createArgvReader(rows, rules);
  return (argv) => {
    if (argv.some((word) => EXTRA_OPTIONS.test(word))) return undefined;
    const read = readArgv(argv);
    if (read === undefined || (read.words.length > 0 && wordsRow === undefined)) return undefined;
    const words = wordsRow === undefined ? [] : read.words.map((text) => ({ spelling: wordsRow, text }));
    const all = [...read.given, ...words];
    if (!all.every(({ spelling }) => names.has(spelling))) return undefined;
    const options = readTable(Map.groupBy(all, ({ spelling }) => names.get(spelling) ?? ""));
    const given = all.map(({ spelling, text }) => ({ name: names.get(spelling) ?? "", text }));
    return options && { options, given };
  };
}

/** Most options of a table are not given, and what that comes to never changes. */
function createTableReader<Table extends OptionTable>(
  table: Table,
): (given: ReadonlyMap<string, readonly GivenOption<OptionRow>[]>) => OptionsOf<Table> | undefined {
  const absent = Object.entries(table).map(([name, option]) => [name, option.read([])] as const);
  const required = absent.filter(([, read]) => read === undefined).map(([name]) => name);
  const defaults = Object.fromEntries(absent.map(([name, read]) => [name, read?.value]));
  return (given) => {
    if (!required.every((name) => given.has(name))) return undefined;
    const values: Record<string, unknown> = { ...defaults };
    for (const [name, mine] of given) {
      const read = table[name]?.read(mine);
      if (read === undefined) return undefined;
      values[name] = read.value;
    }
    return values as OptionsOf<Table>;
  };
}
