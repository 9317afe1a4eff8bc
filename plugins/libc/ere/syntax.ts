/**
 * Reads POSIX extended regular expressions as glibc does, if their meaning is certain. Back references, word
 * boundaries, collating elements, empty alternatives and all that glibc refuses are left to the plugin.
 */

import { readBracket } from "./bracket.ts";
import { decodeUtf8, isAscii, NotUnderstood, readCharacter } from "./character.ts";
import { asciiSet, charactersBut, type EreRules, type Expression } from "./expression.ts";

/** How often the part before it may stand. */
interface Repetition {
  readonly kind: "times";
  readonly min: number;
  readonly max: number;
}

type Token = Expression | Repetition | "(" | ")" | "|";

/** Reads a pattern. Undefined: it has to be left to the plugin. */
export function readEre(pattern: string, rules: EreRules): Expression | undefined {
  try {
    const cursor = { tokens: readTokens(pattern, rules), at: 0 };
    const expression = readChoice(cursor);
    return cursor.at === cursor.tokens.length ? expression : undefined;
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined;
    throw error;
  }
}

interface Cursor {
  readonly tokens: readonly Token[];
  at: number;
}

function readChoice(cursor: Cursor): Expression {
  const choices = [readSequence(cursor)];
  while (cursor.tokens[cursor.at] === "|") {
    cursor.at += 1;
    choices.push(readSequence(cursor));
  }
  return { kind: "choice", choices };
}

function readSequence(cursor: Cursor): Expression {
  const parts: Expression[] = [];
  for (;;) {
    const token = cursor.tokens[cursor.at];
    if (token === undefined || token === ")" || token === "|") break;
    cursor.at += 1;
    if (token === "(") parts.push(readGroup(cursor));
    else if (isMisplaced(token, parts, cursor)) throw new NotUnderstood();
    else if (token.kind === "times") parts.push(repeat(parts.pop(), token));
    else parts.push(token);
  }
  if (parts.length === 0) throw new NotUnderstood();
  return { kind: "sequence", parts };
}

/**
 * Whether `^` is not at the start of a sequence, or `$` not at its end. glibc's reading is not always clear
 * there.
 */
function isMisplaced(
  { kind }: Expression | Repetition,
  before: readonly Expression[],
  cursor: Cursor,
): boolean {
  const after = cursor.tokens[cursor.at];
  if (kind === "line-start") return before.length > 0;
  return kind === "line-end" && after !== undefined && after !== ")" && after !== "|";
}

function readGroup(cursor: Cursor): Expression {
  const group = readChoice(cursor);
  if (cursor.tokens[cursor.at] !== ")") throw new NotUnderstood();
  cursor.at += 1;
  return group;
}

function repeat(part: Expression | undefined, { min, max }: Repetition): Expression {
  if (part === undefined || part.kind === "line-start" || part.kind === "line-end") throw new NotUnderstood();
  return { kind: "repeat", part, min, max };
}

/** An escape, a bracket expression, an interval, or one character. */
const TOKEN =
  /\\(?<escaped>.)|\[(?<not>\^|(?!\^))(?<bracket>\](?:\[:[a-z]+:\]|[^\]])*|(?:\[:[a-z]+:\]|[^\]])+)\]|\{(?<min>[0-9]+)(?<comma>,?)(?<max>[0-9]*)\}|(?<one>.)/gsu;

const REPETITIONS: Readonly<Record<string, Repetition>> = {
  "*": { kind: "times", min: 0, max: Number.POSITIVE_INFINITY },
  "+": { kind: "times", min: 1, max: Number.POSITIVE_INFINITY },
  "?": { kind: "times", min: 0, max: 1 },
};

function readTokens(pattern: string, rules: EreRules): readonly Token[] {
  if (pattern.includes("\0")) throw new NotUnderstood();
  const characters = rules.encoding === "utf-8" ? decodeUtf8(pattern) : pattern;
  return [...characters.matchAll(TOKEN)].map(({ groups = {} }) => {
    const { escaped, not, bracket, min, comma, max, one = "" } = groups;
    if (escaped !== undefined) return readEscape(escaped, rules);
    if (bracket !== undefined) return readBracket(bracket, not === "^", rules);
    if (min !== undefined) return readRepetition(Number(min), comma === "," ? max : min);
    return readOne(one, rules);
  });
}

function readOne(one: string, rules: EreRules): Token {
  if (one === "(" || one === ")" || one === "|") return one;
  if (one === "^") return { kind: "line-start" };
  if (one === "$") return { kind: "line-end" };
  if (one === ".") return charactersBut(asciiSet(), rules);
  if (one === "[" || one === "{" || one === "\\") throw new NotUnderstood();
  return REPETITIONS[one] ?? readCharacter(one, rules);
}

/**
 * glibc takes more repetitions, but they are not needed in practice, and each one adds steps to the search.
 */
const MAX_REPETITIONS = 255;

function readRepetition(min: number, last = ""): Repetition {
  const max = last === "" ? Number.POSITIVE_INFINITY : Number(last);
  if (min > max || min > MAX_REPETITIONS || (Number.isFinite(max) && max > MAX_REPETITIONS))
    throw new NotUnderstood();
  return { kind: "times", min, max };
}

/** Letters that mean something else after a backslash, and the digits of back references. */
const SPECIAL_ESCAPES = /[1-9bBwWS<>`'\n]/;

/**
 * Reads a character after a backslash. A letter without a meaning there stands for itself: `\d` is `d`. If
 * case is ignored, glibc makes the text upper case but not this letter, so a lower-case one is never found.
 */
function readEscape(escaped: string, rules: EreRules): Token {
  if (escaped === "s") return readBracket("[:space:]", false, rules);
  if (escaped === "S" && rules.encoding === "bytes") return readBracket("[:space:]", true, rules);
  if (SPECIAL_ESCAPES.test(escaped) || !isAscii(escaped)) throw new NotUnderstood();
  if (rules.ignoresCase && /[a-z]/.test(escaped)) return { kind: "byte", set: asciiSet() };
  return readCharacter(escaped, rules);
}
