import type { Check } from "../check.ts";
import type { OptionRow } from "../option.ts";

/** The usage line of a check, without a line break. A stand-in does not list the options of the plugin. */
export function renderUsage({
  name,
  replaces,
  rows = [],
}: Pick<Check, "name" | "replaces" | "rows">): string {
  return `usage: ${[name, ...listWords(rows, replaces === undefined)].join(" ")}`;
}

function listWords(rows: readonly OptionRow[], namesOptions: boolean): readonly string[] {
  if (rows.length === 0) return ["[WORD…]"];
  const words = rows.filter((row) => !isOption(row)).map(({ text }) => text);
  const options = rows.filter((row) => isOption(row) && !row.longs.includes("help"));
  return namesOptions ? [...options.map(renderOption), ...words] : ["[OPTION…]", ...words];
}

function isOption({ shorts, longs }: OptionRow): boolean {
  return shorts.length + longs.length > 0;
}

/** `-u URL`, or `[-w RANGE]` for an option that may be left out. */
function renderOption(row: OptionRow): string {
  const value = /\[?=(.*?)\]?$/.exec(row.text)?.[1];
  const name = nameOf(row);
  const option =
    value === undefined ? name : `${name}${row.value === "optional" ? `[=${value}]` : ` ${value}`}`;
  return row.note === "required" ? option : `[${option}]`;
}

/** The shortest name: `-w`, or `--warning` if there is no letter, or the name of the words. */
export function nameOf({ shorts: [short], longs: [long], text }: OptionRow): string {
  if (short !== undefined) return `-${short}`;
  return long === undefined ? text : `--${long}`;
}
