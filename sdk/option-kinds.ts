import { atof, atoi, isInteger, isNumeric } from "../plugins/libc/number.ts";
import { type Option, option, readSpelling, type Settings, type ValueOf } from "./option.ts";
import { type Range, readRange } from "./range.ts";

/** Bounds, both of them allowed. Outside of them the command line is left to the plugin. */
export interface NumberSettings extends Settings<number> {
  readonly min?: number;
  readonly max?: number;
  /** The plugin takes any text for a number: junk after it is ignored, no number is 0 (`atoi`, `strtod`). */
  readonly lenient?: boolean;
}

/** Given or not. */
export function flag(spelling: string, help: string): Option<boolean> {
  return counted(spelling, help, (given) => given > 0);
}

/** How often it was given. */
export function count(spelling: string, help: string): Option<number> {
  return counted(spelling, help, (given) => given);
}

/** Any text. */
export function text<const Given extends Settings<string>>(
  spelling: string,
  help: string,
  settings?: Given,
): Option<ValueOf<string, Given>> {
  return option(spelling, help, (given): string => given, settings);
}

/** A whole number of 32 bits, as the plugins' `is_integer` takes and `atoi` reads it. */
export function integer<const Given extends NumberSettings>(
  spelling: string,
  help: string,
  settings?: Given,
): Option<ValueOf<number, Given>> {
  return option(spelling, help, numberReader(isInteger, atoi, settings), settings);
}

/** A real number, as the plugins' `is_numeric` takes and `strtod` reads it. */
export function number<const Given extends NumberSettings>(
  spelling: string,
  help: string,
  settings?: Given,
): Option<ValueOf<number, Given>> {
  return option(spelling, help, numberReader(isNumeric, atof, settings), settings);
}

/** Whole seconds, at least one: for `-t` and its like. */
export function seconds<const Given extends Settings<number>>(
  spelling: string,
  help: string,
  settings?: Given,
): Option<ValueOf<number, Given>> {
  return option(spelling, help, numberReader(isInteger, atoi, { min: 1 }), settings);
}

/** A port from 1 to 65535; what the plugins make of others is their own affair. */
export function port<const Given extends Settings<number>>(
  spelling: string,
  help: string,
  settings?: Given,
): Option<ValueOf<number, Given>> {
  return option(spelling, help, numberReader(isInteger, atoi, { min: 1, max: 65_535 }), settings);
}

/** A threshold. */
export function range<const Given extends Settings<Range>>(
  spelling: string,
  help: string,
  settings?: Given,
): Option<ValueOf<Range, Given>> {
  if (typeof settings?.default === "string")
    throw new TypeError(`the default of "${spelling}" is a range: readRange("${settings.default}")`);
  return option(spelling, help, readRange, settings);
}

/** An option that may be given several times: all its values in order, none is an empty list. */
export function list<Value>(element: Option<Value>): Option<readonly Exclude<Value, undefined>[]> {
  return {
    rows: element.rows.map((row) => ({ ...row, note: "may be repeated" })),
    read(given) {
      if (given.length === 0 && element.read([]) === undefined) return undefined;
      const values = given.map((each) => element.read([each])?.value);
      const isKnown = (value: Value | undefined): value is Exclude<Value, undefined> => value !== undefined;
      return values.every(isKnown) ? { value: values } : undefined;
    },
  };
}

/** Flags of which the last one counts: `oneOf({ "-4, --use-ipv4": 4, "-6, --use-ipv6": 6 }, "use only this protocol")`. */
export function oneOf<const Value, const Given extends Settings<NoInfer<Value>>>(
  values: Readonly<Record<string, Value>>,
  help: string,
  settings?: Given,
): Option<ValueOf<Value, Given>>;
export function oneOf<Value>(
  values: Readonly<Record<string, Value>>,
  help: string,
  settings: Settings<Value> = {},
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

/** An option the plugin has, and whose answer only the plugin can give. Listed, because it makes abbreviations ambiguous. */
export function leftToPlugin(spelling: string, help: string): Option<undefined> {
  return {
    rows: [{ ...readSpelling(spelling), help, note: "the plugin is executed" }],
    read: (given) => (given.length === 0 ? { value: undefined } : undefined),
  };
}

/** The words that belong to no option; other numbers of them than these are left to the plugin. */
export function words(
  spelling: string,
  help: string,
  { min = 0, max = Number.POSITIVE_INFINITY }: { readonly min?: number; readonly max?: number } = {},
): Option<readonly string[]> {
  return {
    rows: [{ shorts: [], longs: [], value: "required", text: spelling, help, note: undefined }],
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
