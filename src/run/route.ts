import type { Check, CheckContext, CheckOutput } from "../../sdk/check.ts";
import type { ByteString } from "../byte-string.ts";
import type { Assignment } from "../executor/command.ts";
import type { WarmPlugin } from "../executor/interpreters/warm-plugin.ts";

/** How a command line will be run; `why` says so in words, for the debug log and `--explain`. */
export type Route = NativeRoute | WarmRoute | PluginRoute | ShellRoute | RefusedRoute;

export interface NativeRoute {
  readonly via: "native";
  readonly why: string;
  readonly check: Check;
  readonly name: string;
  readonly argv: readonly ByteString[];
  readonly run: (context: CheckContext) => Promise<CheckOutput>;
  /** A run changes what the next one answers. */
  readonly keepsState: boolean;
  /** How the command is run that the check has declared. */
  readonly nested: Route | undefined;
  /** What would have answered without the check. */
  readonly fallback: PluginRoute;
  /** The plugin does not exist. */
  readonly isAlone?: boolean;
}

/** To a warm interpreter that has compiled the plugin. */
export interface WarmRoute {
  readonly via: "warm";
  readonly why: string;
  readonly plugin: WarmPlugin;
  /** The plugin is the first word. */
  readonly argv: readonly ByteString[];
}

export interface PluginRoute {
  readonly via: "plugin";
  readonly why: string;
  readonly argv: readonly ByteString[];
  readonly env: readonly Assignment[];
  /** The native check whose answer may be compared with the plugin's. */
  readonly shadow?: NativeRoute;
}

export interface ShellRoute {
  readonly via: "shell";
  readonly why: string;
  readonly commandLine: ByteString;
}

export interface RefusedRoute {
  readonly via: "refuse";
  readonly why: string;
  readonly reason: string;
}
