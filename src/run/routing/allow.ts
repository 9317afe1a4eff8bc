import type { ByteString } from "../../byte-string.ts";
import { type AllowedCommand, ANY_WORDS, PARTS } from "../../config/kinds/allowed-commands.ts";
import type { CommandLine } from "./command-line.ts";
import { findHiddenWrapper, type Restriction } from "./restrict.ts";

/** The pattern of one command, for comparisons. */
interface Rule {
  readonly path: ByteString;
  readonly words: readonly RegExp[];
  readonly hasMore: boolean;
  readonly text: ByteString;
}

/** A longer word fits no pattern: to compare it would take long. */
const MAX_WORD = 4096;

/** What a part of a pattern stands for. None of them begins as an option does. */
export const PART_PATTERNS: Readonly<Record<(typeof PARTS)[number], string>> = {
  "*": "[^]*",
  "<blank>": " ",
  // A name, an IPv4 or an IPv6 address.
  "<host>": "(?:[A-Za-z0-9_.:]|(?<=.)-|\\[[0-9A-Fa-f:.]+\\])+",
  "<number>": "-?[0-9]+(?:[.,][0-9]+)?",
  // Thresholds: 5, 10:20, @~:5, 3000.0,80%
  "<range>": "[-@~]?[0-9.:,%~@][-0-9.:,%~@]*",
  "<word>": "[A-Za-z0-9_][A-Za-z0-9_.-]*",
};
const PART = new RegExp(`(${PARTS.map((part) => RegExp.escape(part)).join("|")})`);
/** An option, where a value is expected. `-5` and `-5:10` are values. */
const OPTION = /^-(?![0-9.][0-9.,:%]*$)/;

/**
 * Only commands that have a rule are run: as plain words, by the path of the rule, without variables in
 * front. A pattern that does not begin with `-` fits no option, so that a value cannot become one.
 */
export function createAllowance(allowed: readonly AllowedCommand[]): Restriction {
  const rules = Map.groupBy(allowed.map(toRule), ({ path }) => path);
  return (line, command) => {
    const words = readPlainWords(command);
    if (words === undefined) return { rule: "not-plain", commandLine: line };
    const [path = "", ...rest] = words;
    const ofPath = rules.get(path) ?? [];
    if (!ofPath.some((rule) => fits(rule, rest))) return { ...findNearest(ofPath, rest), commandLine: line };
    const wrapper = findHiddenWrapper(path);
    return wrapper === undefined ? undefined : { rule: "hidden-command", wrapper, commandLine: line };
  };
}

/**
 * The words, if nothing but a program and its arguments is written. A word with `?` or `*` stands for itself:
 * a line whose words match files needs a shell.
 */
function readPlainWords(command: CommandLine): readonly ByteString[] | undefined {
  const plain = command.kind === "needs-shell" ? command.bare : command;
  if (plain?.kind !== "words") return undefined;
  return plain.assignments.length === 0 || plain.areSetByCheck ? plain.words : undefined;
}

function fits(rule: Rule, given: readonly ByteString[]): boolean {
  return countFitting(rule, given) === Number.POSITIVE_INFINITY;
}

/** How many words fit before the first that does not, or is missing or too much. Infinity: all fit. */
function countFitting({ words, hasMore }: Rule, given: readonly ByteString[]): number {
  const fitting = words.findIndex((pattern, at) => {
    const word = given[at];
    return word === undefined || word.length > MAX_WORD || !pattern.test(word);
  });
  if (fitting >= 0) return fitting;
  return hasMore || given.length === words.length ? Number.POSITIVE_INFINITY : words.length;
}

/** The rule that fits furthest, for the operator who wonders why none does. */
function findNearest(rules: readonly Rule[], given: readonly ByteString[]) {
  const counted = rules.map((rule) => ({ pattern: rule.text, word: countFitting(rule, given) + 2 }));
  const nearest = counted.toSorted((a, b) => b.word - a.word)[0];
  return { rule: "not-allowed", ...(nearest && { nearest }) } as const;
}

function toRule(command: AllowedCommand): Rule {
  const [path = "", ...rest] = command;
  const hasMore = rest.at(-1) === ANY_WORDS;
  const words = (hasMore ? rest.slice(0, -1) : rest).map(toPattern);
  return { path, words, hasMore, text: command.join(" ") };
}

function toPattern(word: ByteString): RegExp {
  const pieces = word.split(PART).map(toPiece);
  const mayBeOption = word.startsWith("-") ? "" : `(?!${OPTION.source.slice(1)})`;
  return new RegExp(`^${mayBeOption}${pieces.join("")}$`);
}

function toPiece(piece: string): string {
  return Object.hasOwn(PART_PATTERNS, piece)
    ? PART_PATTERNS[piece as keyof typeof PART_PATTERNS]
    : RegExp.escape(piece);
}
