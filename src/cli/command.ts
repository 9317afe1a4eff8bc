import { nearestWord } from "../config/nearest-word.ts";
import type { Io } from "./io.ts";

/** Runs a command with the words after its name. */
export type CliCommand = (argv: readonly string[], io: Io) => Promise<CommandResult>;

/** A command of omd-worker. Its code is loaded when it is called, so a small command starts fast. */
export interface CommandRow {
  readonly name: string;
  /** For the help: the words after the program's name, and what they do. MANUALS says more. */
  readonly usage: string;
  readonly help: string;
  readonly aliases?: readonly Pick<CommandRow, "name" | "usage" | "help">[];
  /**
   * It answers `--help` itself: with the exit code of the C tool, or because that may be a word of another
   * command.
   */
  readonly explainsItself?: true;
  readonly load: () => Promise<CliCommand>;
}

/** The exit code, or what is to be shown: the command's help, or how it should have been called. */
export type CommandResult =
  | number
  | { readonly kind: "help"; readonly exitCode: number }
  | { readonly kind: "wrong call"; readonly problem: string | undefined };

/** A command returns this if it was called wrongly. `problem` says how, if that is known. */
export function wrongCall(problem?: string): CommandResult {
  return { kind: "wrong call", problem };
}

/** A command returns this if it was asked to explain itself. */
export function help(exitCode = 0): CommandResult {
  return { kind: "help", exitCode };
}

/** A command returns this if its first word is none of those that it knows, or is missing. */
export function unknownWord(word: string | undefined, known: readonly string[]): CommandResult {
  return wrongCall(word === undefined ? undefined : describeUnknown(word, known));
}

/** A command is found as the first word only. */
export function describeMisplaced(command: string): string {
  return `'${command}' is a command, and must be the first word: omd-worker ${command} …`;
}

/** `unknown word 'chek', did you mean check?` */
export function describeUnknown(word: string, known: readonly string[]): string {
  const nearest = nearestWord(known, word);
  return `unknown word '${word}'${nearest === undefined ? "" : `, did you mean ${nearest}?`}`;
}
