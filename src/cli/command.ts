import type { Io } from "./io.ts";

/** Runs a command with the words after its name. */
export type CliCommand = (argv: readonly string[], io: Io) => Promise<CommandResult>;

/** The exit code, or the usage text to show: the command was called wrongly, or asked to explain itself. */
export type CommandResult =
  | number
  | { readonly kind: "wrong call"; readonly usage: string }
  | { readonly kind: "help"; readonly usage: string };

/** A command returns this if it was called wrongly. Its row in COMMANDS says with which exit code it ends. */
export function usage(text: string): CommandResult {
  return { kind: "wrong call", usage: text };
}

/** A command returns this if it was asked to explain itself; it ends with 0. */
export function help(text: string): CommandResult {
  return { kind: "help", usage: text };
}
