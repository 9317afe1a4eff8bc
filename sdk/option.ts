import type { GivenOption, OptionSpelling } from "../plugins/libc/getopt.ts";

/** One row of `--help`, and the spellings of the option on the command line. */
export interface OptionRow extends OptionSpelling {
  /** All its spellings, as the author wrote them: `-p, --port=INTEGER`. */
  readonly text: string;
  readonly help: string;
  /** `required`, `default: 10` … */
  readonly note: string | undefined;
  /** True: the value is masked wherever it is shown. Undefined: it is if a long name means a secret. */
  readonly secret?: boolean;
  /** True: the value, and the words behind it, are those of another command, whose secrets are masked. */
  readonly startsCommand?: boolean;
}

/** An option of a check. `option` and the functions of its kinds (`text`, `integer`, `flag` …) make it. */
export interface Option<Value> {
  readonly rows: readonly OptionRow[];
  /**
   * Reads all occurrences of the option, in their order. Undefined: the plugin has to answer the command
   * line.
   */
  readonly read: (given: readonly GivenOption<OptionRow>[]) => { readonly value: Value } | undefined;
  /**
   * Whether the text is written as it should be. A check that stands in for no plugin takes no other text;
   * a stand-in takes what the plugin takes.
   */
  readonly isStrict?: (text: string) => boolean;
  /** What a text has to be, as it follows on `is no`: `whole number from 1 to 65535`. */
  readonly expects?: string | undefined;
}

/** The `options` of a check, each by the name that the check's code uses. */
export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** The values that a table of options reads, by the same names: `OptionsOf<typeof TABLE>`. */
export type OptionsOf<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Option<infer Value> ? Value : never;
};

/** What every kind of option with a value takes besides its spelling and help. */
export interface OptionSettings<Value> {
  /** The value if the option is not given. */
  readonly default?: Value;
  /** True: without this option the command line is left to the plugin. */
  readonly required?: boolean;
  /**
   * The value of an option that is given without a text. It belongs to a spelling such as `--skip[=LINES]`.
   */
  readonly bare?: Value;
  /** What a text has to be, for the answer to a wrong one. `IP address`: `-a abc is no IP address`. */
  readonly expects?: string;
  /**
   * True: the value is a password or the like. It is masked in the log, in shadow reports, by `check
   * --explain` and in the answer to wrong words. Without it, an option with a long name such as `--password`,
   * `--token` or `--community` is masked; false shows the value of one of these.
   */
  readonly secret?: boolean;
  /** True: the value, and the words behind it, are those of another command, as of check_nrpe `-a`. */
  readonly startsCommand?: boolean;
}

/** The type of an option's value: it may be undefined unless the option is required or has a default. */
export type OptionValue<Value, Given> = Given extends
  | { readonly required: true }
  | { readonly default: Value }
  ? Value
  : Value | undefined;

/**
 * Makes an option of a kind of your own. If the option is given several times, every text must be valid and
 * the last one counts. Throws a TypeError if the spelling cannot be read, or does not fit `settings.bare`.
 *
 * @param spelling all its names: `-p, --port=INTEGER`, `-S, --skip-stdout, --skip[=LINES]`
 * @param help one line for `--help`
 * @param read reads the text; undefined if the plugin would complain or do something else
 */
export function option<Value, const Given extends OptionSettings<NoInfer<Value>>>(
  spelling: string,
  help: string,
  read: (text: string) => Value | undefined,
  settings?: Given,
): Option<OptionValue<Value, Given>>;
export function option<Value>(
  spelling: string,
  help: string,
  read: (text: string) => Value | undefined,
  settings: OptionSettings<Value> = {},
): Option<Value | undefined> {
  const row = { ...readSpelling(spelling), help, note: noteOf(settings), ...marksOf(settings) };
  if (row.value === "none")
    throw new TypeError(`the option "${spelling}" takes a value: name it, as in --port=INTEGER`);
  if ((row.value === "optional") !== (settings.bare !== undefined)) {
    throw new TypeError(
      `the option "${spelling}" may stand bare where its spelling and \`bare\` both say so`,
    );
  }
  return {
    rows: [row],
    expects: settings.expects,
    read(given) {
      const values = given.map(({ text }) => (text === undefined ? settings.bare : read(text)));
      if (values.includes(undefined)) return undefined;
      if (values.length === 0 && settings.required) return undefined;
      return { value: values.length === 0 ? settings.default : values.at(-1) };
    },
  };
}

function marksOf({ secret, startsCommand }: OptionSettings<unknown>) {
  return { ...(secret !== undefined && { secret }), ...(startsCommand && { startsCommand }) };
}

function noteOf({ required, default: value }: OptionSettings<unknown>): string | undefined {
  if (required) return "required";
  return typeof value === "string" || typeof value === "number" ? `default: ${value}` : undefined;
}

const SPELLING =
  /^((?:-[A-Za-z0-9?]|--[A-Za-z0-9][A-Za-z0-9_-]*)(?:, (?:-[A-Za-z0-9?]|--[A-Za-z0-9][A-Za-z0-9_-]*))*)(=.+|\[=.+\])?$/;

/**
 * Reads `-p, --port=INTEGER`: the names, and whether the option takes a value. Throws a TypeError otherwise.
 */
export function readSpelling(text: string): OptionSpelling & { readonly text: string } {
  const [, names, value] = SPELLING.exec(text) ?? [];
  if (names === undefined)
    throw new TypeError(`an option is spelled as -p, --port=INTEGER: not as "${text}"`);
  const dashed = names.split(", ");
  return {
    text,
    shorts: dashed.filter((name) => !name.startsWith("--")).map((name) => name.slice(1)),
    longs: dashed.filter((name) => name.startsWith("--")).map((name) => name.slice(2)),
    value: value === undefined ? "none" : value.startsWith("[") ? "optional" : "required",
  };
}
