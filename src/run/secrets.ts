import type { Check } from "../../sdk/check.ts";
import type { OptionRow } from "../../sdk/option.ts";
import type { ByteString } from "../byte-string.ts";
import type { Assignment } from "../executor/command.ts";
import { findWordsRow, readMarked } from "./marked-options.ts";
import { findKnown, type GivenOption, guessOption, type KnownProgram } from "./secret-options.ts";
import { ASSIGNMENT, MASK, maskFields, maskVariable } from "./secret-texts.ts";

/** A shorter secret would be found in many places of an output by accident. */
const MIN_HIDDEN = 4;
/** A word may be a command line of its own, as in `sh -c "…"`. */
const MAX_DEPTH = 3;

/** Finds the check whose table says which options of a plugin are secret, by the plugin's file name. */
export type FindMarks = (name: string) => Pick<Check, "rows"> | undefined;

/** The words of a command line without its secrets. */
export interface Masked {
  readonly words: readonly ByteString[];
  /** The words that were masked, or their parts. */
  readonly secrets: readonly ByteString[];
}

/** A command line without its secrets. */
export interface MaskedLine {
  readonly line: ByteString;
  readonly secrets: readonly ByteString[];
}

export function maskWords(words: readonly ByteString[], find: FindMarks): Masked {
  const masker = new Masker(find, 0);
  return { words: words.map((word) => masker.mask(word)), secrets: masker.secrets };
}

/** A word of a shell's line, with its quotes. A quote that is not closed stands for itself. */
const WORD = /(?:\\.|'[^']*'|"(?:\\.|[^"\\])*"|[^ \t\n])+/gs;

/** Masks a line as it is written. A shell may read it in another way: its words are guessed. */
export function maskLine(line: ByteString, find: FindMarks, depth = 0): MaskedLine {
  const masker = new Masker(find, depth);
  const shown = line.replace(WORD, (written) => {
    const word = unquote(written);
    const masked = masker.mask(word);
    return masked === word ? written : masked;
  });
  return { line: shown, secrets: masker.secrets };
}

/** The words of a line, without their quotes, as far as they can be told without a shell. */
export function readShellWords(line: ByteString): readonly ByteString[] {
  return (line.match(WORD) ?? []).map(unquote);
}

const QUOTED = /\\(.)|'([^']*)'|"((?:\\.|[^"\\])*)"/gs;

function unquote(written: ByteString): ByteString {
  return written.replace(QUOTED, (_, escaped?: string, single?: string, double?: string) => {
    return escaped ?? single ?? (double ?? "").replace(/\\(["$\\`])/g, "$1");
  });
}

export function maskAssignment([name, value]: Assignment): ByteString {
  return new Masker(() => undefined, 0).mask(`${name}=${value}`);
}

/** Masks secrets of the command line in an output that repeats them. */
export function hideSecrets(text: ByteString, secrets: readonly ByteString[]): ByteString {
  return secrets
    .filter((secret) => secret.length >= MIN_HIDDEN)
    .reduce((shown, secret) => shown.replaceAll(secret, MASK), text);
}

/** The program whose words are read just now. */
interface Program {
  /** The table of its options. Undefined: its secrets are guessed. */
  readonly rows: readonly OptionRow[] | undefined;
  readonly known: KnownProgram | undefined;
  /** Words seen that belong to no option. */
  words: number;
}

/** Words that a shell reads as the end of a command. */
const SEPARATOR = /^(?:[;&|]+|\(|then|do|else)$/;
const BEFORE_SEPARATOR = /^[^;&|<>()]*/;
/** A reference is not the secret itself. */
const REFERENCE = /^\$SECRET:[\w.-]+\$$/;

/**
 * Masks the words of one command line, one after the other. A check's table says which options are secret; of
 * other programs it is guessed.
 */
class Masker {
  readonly secrets: ByteString[] = [];
  readonly #find: FindMarks;
  readonly #depth: number;
  #program: Program | undefined;
  /** The option whose value is the next word. */
  #pending: GivenOption | undefined;

  constructor(find: FindMarks, depth: number) {
    this.#find = find;
    this.#depth = depth;
  }

  mask(word: ByteString): ByteString {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending !== undefined) return this.#maskValue(pending, word);
    if (SEPARATOR.test(word)) {
      this.#program = undefined;
      return word;
    }
    const option = this.#readOption(word);
    if (option === "flag") return word;
    if (option === undefined) return this.#maskWord(word);
    if (option.value !== undefined) return option.head + this.#maskValue(option, option.value);
    this.#pending = option;
    return word;
  }

  #readOption(word: ByteString): GivenOption | "flag" | undefined {
    const { rows, known } = this.#program ?? {};
    return (rows && readMarked(word, rows)) ?? guessOption(word, known);
  }

  #maskValue(option: GivenOption, value: ByteString): ByteString {
    if (option.startsCommand) {
      this.#program = GUESSED();
      return this.mask(value);
    }
    const secret = option.secretOf(value);
    return secret === undefined ? this.#maskText(value) : value.replace(secret, () => this.#hide(secret));
  }

  /** A word that is no option: an assignment, a program, or one of the program's other words. */
  #maskWord(word: ByteString): ByteString {
    const variable = maskVariable(word, this.#hide);
    if (variable !== undefined) return variable;
    if (word.startsWith("-") || ASSIGNMENT.test(word)) return this.#maskText(word);
    const program = this.#program;
    if (program !== undefined && this.#isSecretWord(program)) return this.#hide(word);
    if (program === undefined || this.#isProgram(word)) this.#begin(word);
    return this.#maskText(word);
  }

  #isSecretWord(program: Program): boolean {
    const at = program.words;
    program.words += 1;
    const row = program.rows && findWordsRow(program.rows);
    if (row?.startsCommand) this.#program = undefined;
    return row?.secret === true || program.known?.words?.includes(at) === true;
  }

  #isProgram(word: ByteString): boolean {
    if (this.#program === undefined || word.startsWith("/")) return true;
    return this.#find(word) !== undefined || findKnown(word) !== undefined;
  }

  #begin(path: ByteString): void {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const rows = this.#find(name)?.rows;
    const hasTable = rows !== undefined && rows.length > 0;
    this.#program = { rows: hasTable ? rows : undefined, known: findKnown(name), words: 0 };
  }

  #maskText(text: ByteString): ByteString {
    const variable = maskVariable(text, this.#hide);
    if (variable !== undefined && !/\s/.test(text)) return variable;
    if (!/\s/.test(text) || this.#depth >= MAX_DEPTH) return maskFields(text, this.#hide);
    const inner = maskLine(text, this.#find, this.#depth + 1);
    for (const secret of inner.secrets) this.secrets.push(secret);
    return maskFields(inner.line, this.#hide);
  }

  readonly #hide = (secret: ByteString): ByteString => {
    if (REFERENCE.test(secret)) return secret;
    this.secrets.push(secret);
    // `-p secret;next` is one word here, and two for a shell: an output has the first alone.
    const [head = ""] = BEFORE_SEPARATOR.exec(secret) ?? [];
    if (head !== secret && head !== "") this.secrets.push(head);
    return MASK;
  };
}

const GUESSED = (): Program => ({ rows: undefined, known: undefined, words: 0 });
