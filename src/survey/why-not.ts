import type { Check } from "../../sdk/check.ts";
import type { OptionRow } from "../../sdk/option.ts";
import type { ByteString } from "../byte-string.ts";
import { findNotUnderstood } from "../run/routing/not-understood.ts";
import type { Route } from "../run/routing/route.ts";
import type { Shelf } from "../run/shelf.ts";

/**
 * Why a check is not answered natively, in words that many checks share, so that they can be counted. They
 * hold names of options, and no values. Undefined: it is answered natively.
 */
export function findWhyNot(route: Route, { find }: Pick<Shelf, "find">): string | undefined {
  switch (route.via) {
    case "native":
      return undefined;
    case "plugin":
    case "warm": {
      const [path = "", ...argv] = route.argv;
      const check = find(path.slice(path.lastIndexOf("/") + 1));
      return (check && describeWords(check, argv)) ?? route.why;
    }
    case "shell":
    case "refuse":
      return route.why;
  }
}

/** Undefined: the words are not the reason. */
function describeWords(check: Check, argv: readonly ByteString[]): string | undefined {
  if (isUnderstood(check, argv)) return undefined;
  const at = findNotUnderstood(check, argv)?.[0] ?? findWrongValue(check, argv);
  return at === undefined ? describeSeveral(check, argv) : describeWord(check, argv[at] ?? "");
}

function describeWord(check: Check, word: ByteString): string {
  if (!isOption(word)) return "a word that belongs to no option";
  const option = nameOf(word);
  const row = findRow(check, option);
  if (row === undefined) return `option ${option}`;
  return row.value === "none" ? `option ${option} here` : `the value of ${option}`;
}

function describeSeveral(check: Check, argv: readonly ByteString[]): string {
  const names = argv.filter(isOption).map(nameOf);
  const unknown = [...new Set(names.filter((name) => findRow(check, name) === undefined))].sort();
  return unknown.length > 1 ? `options ${unknown.join(", ")}` : "several of its words together";
}

/** Values that one option or another takes. */
const PLAIN_VALUES = ["127.0.0.1", "1"];
const MAX_WORDS = 60;

/** The place of an option that the check needs, and whose value it does not understand. */
function findWrongValue(check: Check, argv: readonly ByteString[]): number | undefined {
  if (argv.length > MAX_WORDS) return undefined;
  const places = argv.keys().filter((at) => isOption(argv[at] ?? "") && at + 1 < argv.length);
  return places.find((at) => PLAIN_VALUES.some((value) => isUnderstood(check, argv.with(at + 1, value))));
}

function isOption(word: ByteString): boolean {
  return word.startsWith("-") && word !== "-";
}

function findRow(check: Check, option: string): OptionRow | undefined {
  return check.rows?.find((row) => isSpelled(row, option));
}

function isUnderstood(check: Check, argv: readonly ByteString[]): boolean {
  try {
    return check.understand(argv) !== undefined;
  } catch {
    return false;
  }
}

/** The name alone: `--password` of `--password=x`, `-p` of `-px`. Anything else may be part of a value. */
function nameOf(word: ByteString): string {
  return (
    /^--[A-Za-z][A-Za-z0-9-]*(?==|$)/.exec(word)?.[0] ??
    /^-[A-Za-z0-9?]/.exec(word)?.[0] ??
    "that begins with -"
  );
}

function isSpelled({ shorts, longs }: OptionRow, option: string): boolean {
  return option.startsWith("--") ? longs.includes(option.slice(2)) : shorts.includes(option.slice(1));
}
