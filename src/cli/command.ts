import { nearestWord } from "../config/nearest-word.ts";
import type { Io } from "./io.ts";

/** Runs a command with the words after its name. */
export type CliCommand = (argv: readonly string[], io: Io) => Promise<CommandResult>;

/** A command of omd-worker. Its code is loaded when it is called, so a small command starts fast. */
export interface CommandRow {
  readonly name: string;
  /** For the help: the words after the program's name, and what they do. */
  readonly usage: string;
  readonly help: string;
  readonly aliases?: readonly Pick<CommandRow, "name" | "usage" | "help">[];
  readonly load: () => Promise<CliCommand>;
}

/** The exit code, or the usage text to show: the command was called wrongly, or asked to explain itself. */
export type CommandResult =
  | number
  | { readonly kind: "wrong call"; readonly usage: string }
  | { readonly kind: "help"; readonly usage: string };

/** A command returns this if it was called wrongly. */
export function usage(text: string): CommandResult {
  return { kind: "wrong call", usage: text };
}

/** A command returns this if it was asked to explain itself; it ends with 0. */
export function help(text: string): CommandResult {
  return { kind: "help", usage: text };
}

/** A command returns this if its first word is none of those that it knows, or is missing. */
export function unknownWord(word: string | undefined, known: readonly string[], text: string): CommandResult {
  return usage(
    word === undefined || /^--?h(?:elp)?$/.test(word) ? text : `${describeUnknown(word, known)}\n${text}`,
  );
}

/** `unknown word 'chek', did you mean check?` */
export function describeUnknown(word: string, known: readonly string[]): string {
  const nearest = nearestWord(known, word);
  return `unknown word '${word}'${nearest === undefined ? "" : `, did you mean ${nearest}?`}`;
}
