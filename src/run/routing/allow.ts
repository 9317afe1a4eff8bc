import type { ByteString } from "../../byte-string.ts";
import { type AllowedCommand, ANY_WORDS, PARTS } from "../../config/kinds/allowed-commands.ts";
import { hasReference, namesIn } from "../references/reference.ts";
import type { CommandLine } from "./command-line.ts";
import { findHiddenWrapper, type Restriction } from "./restrict.ts";

/** The pattern of one command, for comparisons. */
interface Rule {
  readonly path: ByteString;
  readonly words: readonly WordPattern[];
  readonly hasMore: boolean;
  readonly text: ByteString;
}

interface WordPattern {
  readonly pattern: RegExp;
  /** A longer word does not fit: to compare it would take long. */
  readonly maxLength: number;
  /** The names of the secrets that the pattern itself refers to. */
  readonly secrets: readonly string[];
}

const MAX_WORD = 4096;
/** Two patterns share a word in as many ways as it has characters. */
const MAX_SHARED_WORD = 1024;

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
  const fitting = words.findIndex((pattern, at) => !fitsWord(pattern, given[at]));
  if (fitting >= 0) return fitting;
  if (!hasMore) return given.length === words.length ? Number.POSITIVE_INFINITY : words.length;
  const secret = given.findIndex((word, at) => at >= words.length && hasReference(word));
  return secret < 0 ? Number.POSITIVE_INFINITY : secret;
}

/** What stands for any text stands for no secret: who writes the job would choose where it is sent. */
function fitsWord({ pattern, maxLength, secrets }: WordPattern, word: ByteString | undefined): boolean {
  if (word === undefined || word.length > maxLength || !pattern.test(word)) return false;
  return !hasReference(word) || namesIn(word).every((name) => secrets.includes(name));
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

function toPattern(word: ByteString): WordPattern {
  const pieces = word.split(PART);
  const mayBeOption = word.startsWith("-") ? "" : `(?!${OPTION.source.slice(1)})`;
  const isShared = pieces.filter((piece) => isPart(piece) && piece !== "<blank>").length > 1;
  return {
    pattern: new RegExp(`^${mayBeOption}${pieces.map(toPiece).join("")}$`),
    maxLength: isShared ? MAX_SHARED_WORD : MAX_WORD,
    secrets: namesIn(word),
  };
}

function toPiece(piece: string): string {
  return isPart(piece) ? PART_PATTERNS[piece] : RegExp.escape(piece);
}

function isPart(piece: string): piece is keyof typeof PART_PATTERNS {
  return Object.hasOwn(PART_PATTERNS, piece);
}
