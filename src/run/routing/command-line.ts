import type { ByteString } from "../../byte-string.ts";
import type { Assignment } from "../../executor/command.ts";
import type { Refusal } from "../../outcome/refusal.ts";
import { REFERENCE_HERE } from "../references/reference.ts";

/** What sh would do with a command line, as far as that is known without a shell. */
export type CommandLine =
  | {
      readonly kind: "words";
      readonly words: readonly ByteString[];
      readonly assignments: readonly Assignment[];
      /** The assignments are not written in the line: a check sets them for the command that it runs. */
      readonly areSetByCheck?: true;
      /** Words that sh would replace by files, if there were any that match. */
      readonly patterns: readonly Pattern[];
    }
  | {
      readonly kind: "needs-shell";
      readonly why: string;
      /** The words, if sh would only look for the command in PATH. */
      readonly bare?: Extract<CommandLine, { kind: "words" }>;
    }
  | { readonly kind: "unrunnable"; readonly refusal: Refusal };

/** A word with `?` or `*` outside of quotes. `wild` are their places; all else stands for itself. */
export interface Pattern {
  readonly text: ByteString;
  readonly wild: readonly number[];
}

/** One command that is given by its path, single blanks, and no character that has a meaning in a shell. */
const PLAIN = /^\.{0,2}\/[^\0\t\n !"#$&'()*;<>?[\\\]`{|}~]*(?: [^\0\t\n !"#$&'()*;<>?[\\\]`{|}~]+)*$/;
const PLAIN_WORDS = { kind: "words", assignments: [], patterns: [] } as const;

/**
 * Splits a command line into words as sh does. Words are given only if `/bin/sh -c` would execute exactly
 * these words, as long as no file matches one of the patterns. A line in which sh would expand, look up or
 * interpret anything else needs the shell.
 *
 * @param hasReferences whether `$SECRET:name$` stands for itself, until it is followed
 */
export function readCommandLine(line: ByteString, hasReferences = false): CommandLine {
  if (PLAIN.test(line)) return { ...PLAIN_WORDS, words: line.split(" ") };
  if (line.includes("\0")) return { kind: "unrunnable", refusal: { rule: "nul-byte" } };
  if (line.includes("\n")) return needsShell("it has more than one line");
  return readWords(line, hasReferences);
}

function needsShell(why: string): Extract<CommandLine, { kind: "needs-shell" }> {
  return { kind: "needs-shell", why };
}

/** An assignment's name stands unquoted at the start of a word. */
const ASSIGNMENT = /([A-Za-z_][A-Za-z0-9_]*)=/y;
/** Variables that a shell treats in its own way: it refuses to set them, computes them, or acts on them. */
const SHELL_VARIABLES =
  /^(?:_|BASH.*|DIRSTACK|E?UID|EPOCH.*|FUNCNAME|GROUPS|HIST.*|IFS|LINENO|OPT(?:ARG|ERR|IND)|POSIXLY_CORRECT|PPID|PS[0-4]|RANDOM|SECONDS|SHELLOPTS|SHLVL|SRANDOM|TMOUT)$/;

/** In a word. A URL has no more of them, and searching for more would take long. */
const MAX_WILD = 4;
/** In a line. For each of them a directory is read, while all else waits. */
const MAX_PATTERNS = 8;

function readWords(line: ByteString, hasReferences: boolean): CommandLine {
  const words: ByteString[] = [];
  const assignments: Assignment[] = [];
  const patterns: Pattern[] = [];
  let at = skipBlanks(line, 0);
  while (at < line.length) {
    const name = words.length === 0 ? matchAt(ASSIGNMENT, line, at)?.[1] : undefined;
    if (name !== undefined && SHELL_VARIABLES.test(name))
      return needsShell(`${name} is the shell's own variable`);
    const word = readWord(line, name === undefined ? at : at + name.length + 1, hasReferences);
    if (typeof word === "string") return needsShell(word);
    if (name === undefined) {
      words.push(word.text);
      patterns.push(...patternsOf(word));
    } else assignments.push([name, word.text]);
    at = skipBlanks(line, word.end);
  }
  const read = { kind: "words", words, assignments, patterns } as const;
  const refused = refuseCommand(words[0], patterns);
  if (refused !== undefined) return refused;
  const [command = ""] = words;
  if (/^\.{0,2}\//.test(command)) return read;
  const why = "the command is not given by its path";
  return /^[A-Za-z0-9_.-]+$/.test(command) ? { ...needsShell(why), bare: read } : needsShell(why);
}

function patternsOf({ text, wild }: Word): readonly Pattern[] {
  return wild.length > 0 ? [{ text, wild }] : [];
}

function refuseCommand(
  command: ByteString | undefined,
  patterns: readonly Pattern[],
): CommandLine | undefined {
  if (command === undefined) return needsShell("it names no command");
  const hasMany = patterns.length > MAX_PATTERNS || patterns.some(({ wild }) => wild.length > MAX_WILD);
  if (hasMany) return needsShell("it has many unquoted ? or *");
  if (patterns[0]?.text === command) return needsShell("the command may be a pattern");
  return undefined;
}

function skipBlanks(line: ByteString, from: number): number {
  let at = from;
  while (line[at] === " " || line[at] === "\t") at += 1;
  return at;
}

function matchAt(pattern: RegExp, line: ByteString, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(line);
}

interface Piece {
  readonly text: ByteString;
  readonly end: number;
  /** The text is a character that stands for others. */
  readonly isWild?: boolean;
}

interface Word extends Pattern {
  readonly end: number;
}

/** Characters that have no other meaning anywhere in a line. */
const LITERAL = /[^\t !"#$&'()*;<>?[\\\]`{|}~]+/y;

/** The word that starts at `from`. A string: the reason why the shell has to read the line. */
function readWord(line: ByteString, from: number, hasReferences: boolean): Word | string {
  const wild: number[] = [];
  let text = "";
  let at = from;
  while (at < line.length && line[at] !== " " && line[at] !== "\t") {
    const piece = (hasReferences && readReference(line, at)) || readPiece(line, at, hasReferences);
    if (typeof piece === "string") return piece;
    if (piece.isWild) wild.push(text.length);
    text += piece.text;
    at = piece.end;
  }
  return { text, wild, end: at };
}

function readReference(line: ByteString, at: number): Piece | undefined {
  const reference = matchAt(REFERENCE_HERE, line, at)?.[0];
  return reference === undefined ? undefined : { text: reference, end: at + reference.length };
}

function readPiece(line: ByteString, at: number, hasReferences: boolean): Piece | string {
  const literal = matchAt(LITERAL, line, at);
  if (literal !== null) return { text: literal[0], end: LITERAL.lastIndex };
  const character = line.charAt(at);
  switch (character) {
    case "'":
      return readSingleQuoted(line, at + 1);
    case '"':
      return readDoubleQuoted(line, at + 1, hasReferences);
    case "\\":
      return at + 1 < line.length ? { text: line.charAt(at + 1), end: at + 2 } : "it ends with a backslash";
    case "?":
    case "*":
      return { text: character, end: at + 1, isWild: true };
    case "#":
    case "~":
      return isInsideWord(line, at) ? { text: character, end: at + 1 } : `it has an unquoted ${character}`;
    default:
      return `it has an unquoted ${character}`;
  }
}

/** `#` and `~` have a meaning only at the start of a word, or of a part of an assignment. */
function isInsideWord(line: ByteString, at: number): boolean {
  return at > 0 && /[A-Za-z0-9_/.,%+-]/.test(line.charAt(at - 1));
}

function readSingleQuoted(line: ByteString, from: number): Piece | string {
  const close = line.indexOf("'", from);
  return close < 0 ? "a quote is not closed" : { text: line.slice(from, close), end: close + 1 };
}

const DOUBLE_QUOTED = /[^"$\\`]+/y;

function readDoubleQuoted(line: ByteString, from: number, hasReferences: boolean): Piece | string {
  let text = "";
  let at = from;
  while (at < line.length) {
    const plain = matchAt(DOUBLE_QUOTED, line, at)?.[0] ?? "";
    text += plain;
    at += plain.length;
    const character = line.charAt(at);
    if (character === '"') return { text, end: at + 1 };
    const reference = hasReferences ? readReference(line, at) : undefined;
    if (reference !== undefined) {
      text += reference.text;
      at = reference.end;
      continue;
    }
    if (character === "$" || character === "`") return `it has a ${character} in double quotes`;
    const next = line.charAt(at + 1);
    text += '"$\\`'.includes(next) ? next : character + next;
    at += 2;
  }
  return "a quote is not closed";
}
