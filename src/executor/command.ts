import type { ByteString } from "../byte-string.ts";
import type { WarmPlugin } from "./interpreters/warm-plugin.ts";

/** A variable set for one command: `LC_ALL=C /path/to/plugin`. */
export type Assignment = readonly [name: string, value: ByteString];

/** What the executor can be asked to start. */
export type Command = WarmCommand | ShellCommand;

/** What a warm shell starts: words as they are (the first has a slash), or a line that needs a shell's eyes. */
export type ShellCommand =
  | { readonly via: "plugin"; readonly argv: readonly ByteString[]; readonly env: readonly Assignment[] }
  | { readonly via: "shell"; readonly commandLine: ByteString; readonly env: readonly Assignment[] };

/** What a warm interpreter runs. */
export interface WarmCommand {
  readonly via: "warm";
  readonly plugin: WarmPlugin;
  /** The plugin is the first word. */
  readonly argv: readonly ByteString[];
  readonly env: readonly Assignment[];
}
