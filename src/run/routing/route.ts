import type { Check, CheckContext, CheckOutput } from "../../../sdk/check.ts";
import type { ByteString } from "../../byte-string.ts";
import type { Assignment } from "../../executor/command.ts";
import type { WarmPlugin } from "../../executor/interpreters/warm-plugin.ts";
import type { Refusal } from "../../outcome/refusal.ts";

/** How a command line will be run. `why` tells the reason, for the debug log and `check --explain`. */
export type Route = (NativeRoute | WarmRoute | PluginRoute | ShellRoute | RefusedRoute) & Referring;

/** What a route's words may hold in place of a secret. */
interface Referring {
  /** The words have references `$SECRET:name$`, which are to be followed before the route is. */
  readonly references?: References;
}

export interface References {
  readonly names: readonly string[];
  /** A program of the line that may read words a second time. */
  readonly secondReader: string | undefined;
}

/** A native check answers in this process. */
export interface NativeRoute {
  readonly via: "native";
  readonly why: string;
  readonly check: Check;
  readonly name: string;
  readonly argv: readonly ByteString[];
  /** The words behind the command as they were sent, where `argv` has secrets in place of references. */
  readonly words?: readonly ByteString[];
  readonly run: (context: CheckContext) => Promise<CheckOutput>;
  /** A run changes what the next run answers, so it must not be run twice for one job. */
  readonly keepsState: boolean;
  /** The host that is asked, as the check reads it. */
  readonly target?: string | undefined;
  /** The route of the command that the check runs. */
  readonly nested: Route | undefined;
  /** The route that would be taken without the check. */
  readonly fallback: PluginRoute;
  /** The file that the command line names does not exist, so `fallback` cannot answer. */
  readonly hasNoPlugin?: boolean;
}

/** A warm interpreter runs a plugin that it has compiled before. */
export interface WarmRoute {
  readonly via: "warm";
  readonly why: string;
  readonly plugin: WarmPlugin;
  /** The first word is the plugin. */
  readonly argv: readonly ByteString[];
}

/** A warm shell starts a plugin, whose words are known. */
export interface PluginRoute {
  readonly via: "plugin";
  readonly why: string;
  readonly argv: readonly ByteString[];
  readonly env: readonly Assignment[];
  /** The native check whose answer may be compared with the plugin's. */
  readonly shadow?: NativeRoute;
}

/** A shell reads the command line, because only a shell can. */
export interface ShellRoute {
  readonly via: "shell";
  readonly why: string;
  readonly commandLine: ByteString;
}

/** Nothing is started. */
export interface RefusedRoute {
  readonly via: "refuse";
  readonly why: string;
  readonly refusal: Refusal;
}

/** A command that a check runs asks in the place of that check. */
export function targetOf({ target, nested }: NativeRoute): string | undefined {
  return target ?? (nested?.via === "native" ? targetOf(nested) : undefined);
}
