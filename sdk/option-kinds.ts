import { atof, atoi, isInteger, isNumeric } from "../plugins/libc/number.ts";
import { type Option, type OptionSettings, type OptionValue, option, readSpelling } from "./option.ts";
import { isStrictRange, type Range, readRange } from "./range.ts";

/**
 * Settings of an option that is a number. A command line with a number below `min` or above `max` is left to
 * the plugin.
 */
export interface NumberSettings extends OptionSettings<number> {
  readonly min?: number;
  readonly max?: number;
  /**
   * True: the plugin takes any text. What follows the number is ignored, and no number is 0 (`atoi`,
   * `strtod`).
   */
  readonly lenient?: boolean;
}

/** An option without a value: true if it is given. */
export function flag(spelling: string, help: string): Option<boolean> {
  return counted(spelling, help, (given) => given > 0);
}

/** An option without a value: how many times it is given. */
export function count(spelling: string, help: string): Option<number> {
  return counted(spelling, help, (given) => given);
}

/** An option with any text. */
export function text<const Given extends OptionSettings<string>>(
  spelling: string,
  help: string,
  settings?: Given,
): Option<OptionValue<string, Given>> {
  return option(spelling, help, (given): string => given, settings);
}

/**
 * An option with a whole number of 32 bits: texts that `is_integer` of the plugins accepts, read as `atoi`
 * reads them. Other texts are left to the plugin, unless `lenient`.
 */
export function integer<const Given extends NumberSettings>(
  spelling: string,
  help: string,
  settings?: Given,
): Option<OptionValue<number, Given>> {
  return {
    ...option(spelling, help, numberReader(isInteger, atoi, settings), settings),
    ...strictly(STRICT_INTEGER, "whole number", settings),
  };
}

/**
 * An option with a real number: texts that `is_numeric` of the plugins accepts, read as `strtod` reads them.
 * Other texts are left to the plugin, unless `lenient`.
 */
export function number<const Given extends NumberSettings>(
  spelling: string,
  help: string,
  settings?: Given,
): Option<OptionValue<number, Given>> {
  return {
    ...option(spelling, help, numberReader(isNumeric, atof, settings), settings),
    ...strictly(STRICT_NUMBER, "number", settings),
  };
}

/** An option with whole seconds, at least one, such as `-t`. Other texts are left to the plugin. */
export function seconds<const Given extends OptionSettings<number>>(
  spelling: string,
  help: string,
  settings?: Given,
): Option<OptionValue<number, Given>> {
  const bounds = { min: 1 };
  return {
    ...option(spelling, help, numberReader(isInteger, atoi, bounds), settings),
    ...strictly(STRICT_INTEGER, "whole number of seconds", bounds),
  };
}

/** An option with a port number from 1 to 65535. Other texts are left to the plugin. */
export function port<const Given extends OptionSettings<number>>(
  spelling: string,
  help: string,
  settings?: Given,
): Option<OptionValue<number, Given>> {
  const bounds = { min: 1, max: 65_535 };
  return {
    ...option(spelling, help, numberReader(isInteger, atoi, bounds), settings),
    ...strictly(STRICT_INTEGER, "port", bounds),
  };
}

/**
 * An option with a threshold, read by `readRange`. Throws a TypeError for a default that is a text: it has to
 * be a range, as `readRange("30:")` gives it.
 */
export function range<const Given extends OptionSettings<Range>>(
  spelling: string,
  help: string,
  settings?: Given,
): Option<OptionValue<Range, Given>> {
  if (typeof settings?.default === "string")
    throw new TypeError(`the default of "${spelling}" is a range: readRange("${settings.default}")`);
  return {
    ...option(spelling, help, readRange, settings),
    isStrict: isStrictRange,
    expects: "range, such as 10, 10:20, ~:10 or @5:10",
  };
}

/** Default thresholds of `thresholds`, as texts. */
export interface DefaultThresholds {
  readonly warning?: string;
  readonly critical?: string;
}

/**
 * The options `-w, --warning=RANGE` and `-c, --critical=RANGE`, to be spread into a table:
 * `options: { ...thresholds("minutes", { warning: "5" }) }`. Throws a TypeError for a default that is no
 * range.
 *
 * @param what what the numbers are: `minutes`, `percent of the disk`
 */
export function thresholds(
  what: string,
  defaults: DefaultThresholds = {},
): { readonly warning: Option<Range | undefined>; readonly critical: Option<Range | undefined> } {
  const threshold = (spelling: string, means: string, text: string | undefined) => {
    const shown = text === undefined ? "" : ` (default: ${text})`;
    const settings = text === undefined ? {} : { default: readDefault(text) };
    return range(spelling, `${what} that are ${means}${shown}`, settings) as Option<Range | undefined>;
  };
  return {
    warning: threshold("-w, --warning=RANGE", "a warning", defaults.warning),
    critical: threshold("-c, --critical=RANGE", "critical", defaults.critical),
  };
}

function readDefault(text: string): Range {
  const read = isStrictRange(text) ? readRange(text) : undefined;
  if (read === undefined) throw new TypeError(`the default threshold "${text}" is no range`);
  return read;
}

/**
 * An option that may be repeated: all its values in their order. The list is empty if the option is not
 * given.
 */
export function list<Value>(element: Option<Value>): Option<readonly Exclude<Value, undefined>[]> {
  return {
    ...element,
    rows: element.rows.map((row) => ({ ...row, note: "may be repeated" })),
    read(given) {
      if (given.length === 0 && element.read([]) === undefined) return undefined;
      const values = given.map((each) => element.read([each])?.value);
      const isKnown = (value: Value | undefined): value is Exclude<Value, undefined> => value !== undefined;
      return values.every(isKnown) ? { value: values } : undefined;
    },
  };
}

/**
 * Several options without a value, each of which stands for one; the last one given counts:
 * `oneOf({ "-4, --use-ipv4": 4, "-6, --use-ipv6": 6 }, "use only this protocol")`.
 */
export function oneOf<const Value, const Given extends OptionSettings<NoInfer<Value>>>(
  values: Readonly<Record<string, Value>>,
  help: string,
  settings?: Given,
): Option<OptionValue<Value, Given>>;
export function oneOf<Value>(
  values: Readonly<Record<string, Value>>,
  help: string,
  settings: OptionSettings<Value> = {},
): Option<Value | undefined> {
  return {
    rows: Object.keys(values).map((spelling) => ({ ...flagSpelling(spelling), help, note: undefined })),
    read(given) {
      const last = given.at(-1);
      if (last === undefined && settings.required) return undefined;
      return { value: last === undefined ? settings.default : values[last.spelling.text] };
    },
  };
}

/**
 * An option of the plugin that only the plugin can answer: the check does not understand a command line that
 * has it. It must be in the table because it can make an abbreviation of another option ambiguous.
 */
export function leftToPlugin(spelling: string, help: string): Option<undefined> {
  return {
    rows: [{ ...readSpelling(spelling), help, note: "the plugin is executed" }],
    read: (given) => (given.length === 0 ? { value: undefined } : undefined),
  };
}

/** Settings of `words`. */
export interface WordsSettings extends Pick<OptionSettings<never>, "secret" | "startsCommand"> {
  readonly min?: number;
  readonly max?: number;
}

/**
 * The words that belong to no option. A command line with fewer than `min` (0 by default) or more than `max`
 * of them is left to the plugin.
 */
export function words(
  spelling: string,
  help: string,
  { min = 0, max = Number.POSITIVE_INFINITY, ...marks }: WordsSettings = {},
): Option<readonly string[]> {
  return {
    rows: [{ shorts: [], longs: [], value: "required", text: spelling, help, note: undefined, ...marks }],
    expects: `takes ${min === 0 ? "" : `at least ${min}`}${min > 0 && max < Number.POSITIVE_INFINITY ? " and " : ""}${max < Number.POSITIVE_INFINITY ? `at most ${max}` : ""}`,
    read(given) {
      const value = given.flatMap((each) => each.text ?? []);
      return value.length >= min && value.length <= max ? { value } : undefined;
    },
  };
}

function counted<Value>(spelling: string, help: string, value: (given: number) => Value): Option<Value> {
  return {
    rows: [{ ...flagSpelling(spelling), help, note: undefined }],
    read: ({ length }) => ({ value: value(length) }),
  };
}

function flagSpelling(spelling: string) {
  const read = readSpelling(spelling);
  if (read.value !== "none") throw new TypeError(`the flag "${spelling}" takes no value`);
  return read;
}

const STRICT_INTEGER = /^[-+]?[0-9]+$/;
const STRICT_NUMBER = /^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)?$/i;

/** How a number is read for a check that stands in for no plugin, and what is said of a wrong one. */
function strictly(
  pattern: RegExp,
  noun: string,
  { min, max, lenient = false }: NumberSettings = {},
): Pick<Option<number>, "isStrict" | "expects"> {
  const from = min === undefined ? "" : max === undefined ? ` of at least ${min}` : ` from ${min} to ${max}`;
  const expects = min === undefined && max !== undefined ? `${noun} of at most ${max}` : noun + from;
  return { expects, ...(!lenient && { isStrict: (given) => pattern.test(given) }) };
}

function numberReader(
  isNumber: (text: string) => boolean,
  read: (text: string) => number,
  { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, lenient = false }: NumberSettings = {},
): (text: string) => number | undefined {
  return (given) => {
    if (!lenient && !isNumber(given)) return undefined;
    const value = read(given);
    return value >= min && value <= max ? value : undefined;
  };
}
