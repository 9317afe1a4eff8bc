import type { ByteString } from "../byte-string.ts";
import type { Confinement } from "./confinement/confinement.ts";
import type { WarmPlugin } from "./interpreters/warm-plugin.ts";

/** A variable set for one command: `LC_ALL=C /path/to/plugin`. */
export type Assignment = readonly [name: string, value: ByteString];

/** What the executor can run. */
export type Command = WarmCommand | ShellCommand;

/** What a warm shell runs: words (the first one has a slash), or a line that the shell reads. */
export type ShellCommand = (
  | { readonly via: "plugin"; readonly argv: readonly ByteString[]; readonly env: readonly Assignment[] }
  | { readonly via: "shell"; readonly commandLine: ByteString; readonly env: readonly Assignment[] }
) & {
  /** Undefined: it runs as the worker does. */
  readonly confinement?: Confinement | undefined;
};

/** What a warm interpreter runs. The first word of `argv` is the plugin. */
export interface WarmCommand {
  readonly via: "warm";
  readonly plugin: WarmPlugin;
  readonly argv: readonly ByteString[];
  readonly env: readonly Assignment[];
}
