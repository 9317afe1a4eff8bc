import type { GivenOption, OptionSpelling } from "../plugins/libc/getopt.ts";

/** One row of `--help`, and how it is spelled on the command line. */
export interface OptionRow extends OptionSpelling {
  /** As the author wrote it: `-p, --port=INTEGER`. */
  readonly text: string;
  readonly help: string;
  /** `required`, `default: 10` … */
  readonly note: string | undefined;
}

/** An option of a check. Made by the functions of `option-kinds.ts`. */
export interface Option<Value> {
  readonly rows: readonly OptionRow[];
  /** All of its kind that were given, in order → the value. Undefined: one of them is for the plugin to answer. */
  readonly read: (given: readonly GivenOption<OptionRow>[]) => { readonly value: Value } | undefined;
}

/** What a check's `options` are: the name its code uses → the option. */
export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** The values of a table, by its names. */
export type OptionsOf<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Option<infer Value> ? Value : never;
};

export interface Settings<Value> {
  /** The value where the option is not given. */
  readonly default?: Value;
  /** Without this option the command line is left to the plugin. */
  readonly required?: boolean;
  /** The value of an option given bare; it makes the text optional and belongs to a spelling `--skip[=LINES]`. */
  readonly bare?: Value;
}

/** An option that is neither required nor has a default may be undefined. */
export type ValueOf<Value, Given> = Given extends { readonly required: true } | { readonly default: Value }
  ? Value
  : Value | undefined;

/**
 * An option with a value of its own kind. Every text given is read, the last one counts.
 *
 * @param spelling all its names: `-p, --port=INTEGER`, `-S, --skip-stdout, --skip[=LINES]`
 * @param read the text → the value; undefined where the plugin would complain or do something else
 */
export function option<Value, const Given extends Settings<NoInfer<Value>>>(
  spelling: string,
  help: string,
  read: (text: string) => Value | undefined,
  settings?: Given,
): Option<ValueOf<Value, Given>>;
export function option<Value>(
  spelling: string,
  help: string,
  read: (text: string) => Value | undefined,
  settings: Settings<Value> = {},
): Option<Value | undefined> {
  const row = { ...readSpelling(spelling), help, note: noteOf(settings) };
  if (row.value === "none")
    throw new TypeError(`the option "${spelling}" takes a value: name it, as in --port=INTEGER`);
  if ((row.value === "optional") !== (settings.bare !== undefined)) {
    throw new TypeError(
      `the option "${spelling}" may stand bare where its spelling and \`bare\` both say so`,
    );
  }
  return {
    rows: [row],
    read(given) {
      const values = given.map(({ text }) => (text === undefined ? settings.bare : read(text)));
      if (values.includes(undefined)) return undefined;
      if (values.length === 0 && settings.required) return undefined;
      return { value: values.length === 0 ? settings.default : values.at(-1) };
    },
  };
}

function noteOf({ required, default: value }: Settings<unknown>): string | undefined {
  if (required) return "required";
  return typeof value === "string" || typeof value === "number" ? `default: ${value}` : undefined;
}

const SPELLING =
  /^((?:-[A-Za-z0-9?]|--[A-Za-z0-9][A-Za-z0-9-]*)(?:, (?:-[A-Za-z0-9?]|--[A-Za-z0-9][A-Za-z0-9-]*))*)(=.+|\[=.+\])?$/;

/** `-p, --port=INTEGER` → its names, and whether it takes a value. */
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
