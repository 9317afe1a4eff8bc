/**
 * What a character is: a byte in the C locale. In a UTF-8 locale `.` does not match a byte of no valid
 * character.
 */
export type Encoding = "bytes" | "utf-8";

/** How glibc is told to compile and run a pattern, and its locale. */
export interface EreRules {
  readonly ignoresCase: boolean;
  /**
   * A line break ends a line: `.` and `[^a]` do not match it, `^` matches after it and `$` before it
   * (REG_NEWLINE).
   */
  readonly knowsLines: boolean;
  readonly encoding: Encoding;
}

/** A set of bytes: 1 or 0 for each of the 256. */
export type ByteSet = Uint8Array;

/** A pattern that was read. A `byte` matches one byte of its set, not one character. */
export type Expression =
  | { readonly kind: "byte"; readonly set: ByteSet }
  | { readonly kind: "sequence"; readonly parts: readonly Expression[] }
  | { readonly kind: "choice"; readonly choices: readonly Expression[] }
  | { readonly kind: "repeat"; readonly part: Expression; readonly min: number; readonly max: number }
  | { readonly kind: "line-start" }
  | { readonly kind: "line-end" };

/** The set of these characters, which are a byte each. */
export function asciiSet(text = ""): ByteSet {
  const set = new Uint8Array(256);
  for (const character of text) set[character.charCodeAt(0)] = 1;
  return set;
}

/** Adds the other case of each ASCII letter, if case is ignored. */
export function foldCase(set: ByteSet, { ignoresCase }: EreRules): ByteSet {
  if (!ignoresCase) return set;
  return set.map((has, byte) => has | (isLetter(byte) ? (set[byte ^ CASE_BIT] ?? 0) : 0));
}

const CASE_BIT = 0x20;

function isLetter(byte: number): boolean {
  return /[A-Za-z]/.test(String.fromCharCode(byte));
}

/** Matches a character of the set. If case is ignored, UTF-8 adds two letters that are not ASCII. */
export function charactersOf(set: ByteSet, { ignoresCase, encoding }: EreRules): Expression {
  const folded = ignoresCase && encoding === "utf-8" ? FOLDED.filter(({ to }) => set[to] === 1) : [];
  const own: Expression = { kind: "byte", set };
  return folded.length === 0 ? own : choice(own, ...folded.map(({ from }) => from));
}

/** Matches a character that is not in the set. */
export function charactersBut(set: ByteSet, { knowsLines, encoding }: EreRules): Expression {
  const others = set.map((has, byte) => (has === 0 && !(knowsLines && byte === 0x0a) ? 1 : 0));
  if (encoding === "bytes") return { kind: "byte", set: others };
  return choice({ kind: "byte", set: others.fill(0, 0x80) }, MULTIBYTE);
}

export function choice(...choices: readonly Expression[]): Expression {
  return { kind: "choice", choices };
}

/** Matches characters of UTF-8, given by the first and last value of each byte: `E0 A0-BF 80-BF`. */
export function bytes(...bounds: readonly (readonly [from: number, to: number])[]): Expression {
  const parts = bounds.map(
    ([from, to]): Expression => ({ kind: "byte", set: new Uint8Array(256).fill(1, from, to + 1) }),
  );
  return { kind: "sequence", parts };
}

/** Matches these bytes, one after the other. */
export function sequenceOf(text: Uint8Array): Expression {
  return bytes(...Array.from(text, (byte) => [byte, byte] as const));
}

const NEXT = [0x80, 0xbf] as const;
const MULTIBYTE = choice(
  bytes([0xc2, 0xdf], NEXT),
  bytes([0xe0, 0xe0], [0xa0, 0xbf], NEXT),
  bytes([0xe1, 0xef], NEXT, NEXT),
  bytes([0xf0, 0xf0], [0x90, 0xbf], NEXT, NEXT),
  bytes([0xf1, 0xf4], NEXT, NEXT, NEXT),
);

/** Letters beyond ASCII with an upper case in ASCII: the long s (ſ → S) and the dotless i (ı → I). */
const FOLDED = [
  { from: bytes([0xc5, 0xc5], [0xbf, 0xbf]), to: 0x53 },
  { from: bytes([0xc4, 0xc4], [0xb1, 0xb1]), to: 0x49 },
];
