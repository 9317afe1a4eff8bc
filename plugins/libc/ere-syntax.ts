/**
 * POSIX extended regular expressions as glibc reads them, as far as their meaning is beyond doubt. Not taken are back references,
 * word boundaries, collating elements, empty alternatives and whatever glibc refuses.
 */

/** What single characters are: bytes in the C locale; in a UTF-8 one `.` does not match a byte that is part of no character. */
export type Encoding = "bytes" | "utf-8";

export interface EreRules {
  readonly ignoresCase: boolean;
  /** Line breaks are ends of lines: `.` and `[^a]` do not match them, `^` and `$` do beside them (REG_NEWLINE). */
  readonly knowsLines: boolean;
  readonly encoding: Encoding;
}

/** Which of the 256 bytes: 1 or 0 each. */
export type ByteSet = Uint8Array;

export type Expression =
  | { readonly kind: "byte"; readonly set: ByteSet }
  | { readonly kind: "sequence"; readonly parts: readonly Expression[] }
  | { readonly kind: "choice"; readonly choices: readonly Expression[] }
  | { readonly kind: "repeat"; readonly part: Expression; readonly min: number; readonly max: number }
  | { readonly kind: "line-start" }
  | { readonly kind: "line-end" };

interface Times {
  readonly kind: "times";
  readonly min: number;
  readonly max: number;
}

type Token = Expression | Times | "(" | ")" | "|";

class NotUnderstood extends Error {}

/** Undefined where the pattern has to be left to the plugin. */
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

/** Elsewhere than at their ends of a sequence glibc does not always keep anchors apart from what is beside them. */
function isMisplaced({ kind }: Expression | Times, before: readonly Expression[], cursor: Cursor): boolean {
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

function repeat(part: Expression | undefined, { min, max }: Times): Expression {
  if (part === undefined || part.kind === "line-start" || part.kind === "line-end") throw new NotUnderstood();
  return { kind: "repeat", part, min, max };
}

/** An escape, a bracket expression, an interval, or one character. */
const TOKEN =
  /\\(?<escaped>.)|\[(?<not>\^|(?!\^))(?<bracket>\](?:\[:[a-z]+:\]|[^\]])*|(?:\[:[a-z]+:\]|[^\]])+)\]|\{(?<min>[0-9]+)(?<comma>,?)(?<max>[0-9]*)\}|(?<one>.)/gs;

const TIMES: Readonly<Record<string, Times>> = {
  "*": { kind: "times", min: 0, max: Number.POSITIVE_INFINITY },
  "+": { kind: "times", min: 1, max: Number.POSITIVE_INFINITY },
  "?": { kind: "times", min: 0, max: 1 },
};

function readTokens(pattern: string, rules: EreRules): readonly Token[] {
  if (/[^\x01-\x7f]/.test(pattern)) throw new NotUnderstood();
  return [...pattern.matchAll(TOKEN)].map(({ groups = {} }) => {
    const { escaped, not, bracket, min, comma, max, one = "" } = groups;
    if (escaped !== undefined) return readEscape(escaped, rules);
    if (bracket !== undefined) return readBracket(bracket, not === "^", rules);
    if (min !== undefined) return readTimes(Number(min), comma === "," ? max : min);
    return readOne(one, rules);
  });
}

function readOne(one: string, rules: EreRules): Token {
  if (one === "(" || one === ")" || one === "|") return one;
  if (one === "^") return { kind: "line-start" };
  if (one === "$") return { kind: "line-end" };
  if (one === ".") return charactersBut(asciiSet(), rules);
  if (one === "[" || one === "{" || one === "\\") throw new NotUnderstood();
  return TIMES[one] ?? literal(one, rules);
}

/** Of the longest intervals glibc takes nobody makes use, and each of their steps is a part of the automaton. */
const MAX_TIMES = 255;

function readTimes(min: number, last = ""): Times {
  const max = last === "" ? Number.POSITIVE_INFINITY : Number(last);
  if (min > max || min > MAX_TIMES || (Number.isFinite(max) && max > MAX_TIMES)) throw new NotUnderstood();
  return { kind: "times", min, max };
}

/** Letters are words of glibc's own, or stand for themselves in one case only. */
function readEscape(escaped: string, rules: EreRules): Token {
  if (escaped === "s") return readBracket("[:space:]", false, rules);
  if (escaped === "S" && rules.encoding === "bytes") return readBracket("[:space:]", true, rules);
  if (/[A-Za-z0-9<>`'\n]/.test(escaped)) throw new NotUnderstood();
  return literal(escaped, rules);
}

function literal(character: string, rules: EreRules): Expression {
  return charactersOf(foldCase(asciiSet(character), rules), rules);
}

/** A class, a range, or one character, which may be a hyphen at either end only. */
const ELEMENT =
  /\[:(?<name>[a-z]+):\]|(?<first>[^-[])-(?<last>[^-[\]])|(?<=^)-|-(?=$)|(?<single>[^-[])|(?<open>\[)(?![.:=])/gs;

function readBracket(body: string, isNegated: boolean, rules: EreRules): Expression {
  const elements = [...body.matchAll(ELEMENT)];
  if (elements.map(([text]) => text).join("") !== body) throw new NotUnderstood();
  const listed = elements.map(({ 0: text, groups = {} }) => readElement(text, groups, rules)).join("");
  const set = foldCase(asciiSet(listed), rules);
  const beyond = rules.encoding === "utf-8" ? spacesOf(body) : undefined;
  const listedOnes = charactersOf(set, rules);
  if (!isNegated) return beyond === undefined ? listedOnes : choice(listedOnes, beyond);
  if (beyond !== undefined || listedOnes.kind !== "byte") throw new NotUnderstood();
  return charactersBut(set, rules);
}

/** The characters an element of a bracket expression lists. */
function readElement(
  text: string,
  { name, first, last }: Readonly<Record<string, string | undefined>>,
  { encoding }: EreRules,
): string {
  if (name !== undefined) return readClass(name, encoding);
  if (first === undefined || last === undefined) return text;
  const isSure = RANGES.some((range) => range.includes(first) && range.includes(last) && first <= last);
  if (!isSure) throw new NotUnderstood();
  return characters(first, last);
}

/** Ranges within one of these are the same in every locale, with and without case. */
const RANGES = [characters("a", "z"), characters("A", "Z"), characters("0", "9")];

function characters(first: string, last: string): string {
  const from = first.charCodeAt(0);
  const codes = Array.from({ length: last.charCodeAt(0) - from + 1 }, (_, at) => from + at);
  return String.fromCharCode(...codes);
}

/** The same characters in the C locale and in others. */
const ASCII_CLASSES: Readonly<Record<string, string>> = {
  digit: "0123456789",
  xdigit: "0123456789ABCDEFabcdef",
  space: " \t\n\v\f\r",
  blank: " \t",
};

const ALPHA = RANGES.slice(0, 2).join("");

/** In UTF-8 they hold letters of all the world. Case is added by whoever ignores it. */
const BYTE_CLASSES: Readonly<Record<string, string>> = {
  ...ASCII_CLASSES,
  alpha: ALPHA,
  alnum: `${ALPHA}0123456789`,
  lower: characters("a", "z"),
  upper: characters("A", "Z"),
};

function readClass(name: string, encoding: Encoding): string {
  const classes = encoding === "bytes" ? BYTE_CLASSES : ASCII_CLASSES;
  const listed = Object.hasOwn(classes, name) ? classes[name] : undefined;
  if (listed === undefined) throw new NotUnderstood();
  return listed;
}

function asciiSet(text = ""): ByteSet {
  const set = new Uint8Array(256);
  for (const character of text) set[character.charCodeAt(0)] = 1;
  return set;
}

function foldCase(set: ByteSet, { ignoresCase }: EreRules): ByteSet {
  if (!ignoresCase) return set;
  return set.map((has, byte) => has | (isLetter(byte) ? (set[byte ^ CASE_BIT] ?? 0) : 0));
}

const CASE_BIT = 0x20;

function isLetter(byte: number): boolean {
  return /[A-Za-z]/.test(String.fromCharCode(byte));
}

function charactersOf(set: ByteSet, { ignoresCase, encoding }: EreRules): Expression {
  const folded = ignoresCase && encoding === "utf-8" ? FOLDED.filter(({ to }) => set[to] === 1) : [];
  const own: Expression = { kind: "byte", set };
  return folded.length === 0 ? own : choice(own, ...folded.map(({ from }) => from));
}

/** Every character that is not in the set. */
function charactersBut(set: ByteSet, { knowsLines, encoding }: EreRules): Expression {
  const others = set.map((has, byte) => (has === 0 && !(knowsLines && byte === 0x0a) ? 1 : 0));
  if (encoding === "bytes") return { kind: "byte", set: others };
  return choice({ kind: "byte", set: others.fill(0, 0x80) }, MULTIBYTE);
}

function choice(...choices: readonly Expression[]): Expression {
  return { kind: "choice", choices };
}

/** `E0 A0-BF 80-BF`: one character of UTF-8 or several, by the bounds of their bytes. */
function bytes(...bounds: readonly (readonly [from: number, to: number])[]): Expression {
  const parts = bounds.map(
    ([from, to]): Expression => ({ kind: "byte", set: new Uint8Array(256).fill(1, from, to + 1) }),
  );
  return { kind: "sequence", parts };
}

const NEXT = [0x80, 0xbf] as const;
const MULTIBYTE = choice(
  bytes([0xc2, 0xdf], NEXT),
  bytes([0xe0, 0xe0], [0xa0, 0xbf], NEXT),
  bytes([0xe1, 0xef], NEXT, NEXT),
  bytes([0xf0, 0xf0], [0x90, 0xbf], NEXT, NEXT),
  bytes([0xf1, 0xf4], NEXT, NEXT, NEXT),
);

/** Letters beyond ASCII whose upper case is not: the long s and the dotless i. */
const FOLDED = [
  { from: bytes([0xc5, 0xc5], [0xbf, 0xbf]), to: 0x53 },
  { from: bytes([0xc4, 0xc4], [0xb1, 0xb1]), to: 0x49 },
];

/** What the classes of white space hold beyond ASCII: no blanks that do not break a line. */
function spacesOf(bracket: string): Expression | undefined {
  if (bracket.includes("[:space:]")) return choice(...BLANKS, LINE_BREAKS);
  return bracket.includes("[:blank:]") ? choice(...BLANKS) : undefined;
}

const BLANKS = [
  bytes([0xe1, 0xe1], [0x9a, 0x9a], [0x80, 0x80]), // U+1680
  bytes([0xe2, 0xe2], [0x80, 0x80], [0x80, 0x86]), // U+2000 to U+2006
  bytes([0xe2, 0xe2], [0x80, 0x80], [0x88, 0x8a]), // U+2008 to U+200A
  bytes([0xe2, 0xe2], [0x81, 0x81], [0x9f, 0x9f]), // U+205F
  bytes([0xe3, 0xe3], [0x80, 0x80], [0x80, 0x80]), // U+3000
];
const LINE_BREAKS = bytes([0xe2, 0xe2], [0x80, 0x80], [0xa8, 0xa9]); // U+2028 and U+2029
