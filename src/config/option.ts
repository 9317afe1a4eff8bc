import type { Kind } from "./kinds/kind.ts";
import type { Machine } from "./machine.ts";

/** A program that knows an option. */
export type KnownBy = "C worker" | "Go worker" | "core module" | "send tools" | "omd-worker";

/**
 * One key of the configuration files: facts that hold in every program. The tables of several programs share
 * rows.
 */
export interface ConfigRow<Value = unknown> {
  /** As the files of the other workers spell it; in reading `-` and `_` are the same. */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly kind: Kind<Value>;
  readonly default: Value | ((machine: Machine) => Value);
  /** For the documentation, where the default is more than a value. */
  readonly defaultText?: string;
  readonly help: string;
  readonly unit?: "seconds" | "milliseconds" | "percent" | "per second";
  readonly knownBy: readonly KnownBy[];
  /** The sample file sets this value; otherwise it shows the default as a comment. */
  readonly sample?: string;
  /** An environment variable whose value counts as one more line at the end. */
  readonly variable?: string;
}

/** How a changed value is taken over at a reload (HUP). */
export type Reload = "live" | "reconnect" | "restart";

/** What an option does in one program. */
export type Effect =
  | { readonly effect: "full"; readonly reload: Reload }
  /** Understood, so that one file serves every program, but nothing in this one depends on it. */
  | { readonly effect: "none"; readonly why: string }
  /** Names another file, which is read in its place; has no value of its own. */
  | { readonly effect: "include" };

/** An option of one program. */
export type ConfigOption<Value = unknown> = ConfigRow<Value> & Effect;

export const LIVE = { effect: "full", reload: "live" } as const satisfies Effect;
export const RECONNECT = { effect: "full", reload: "reconnect" } as const satisfies Effect;
/** Counts after the next start. Programs that only run once have all their options so. */
export const RESTART = { effect: "full", reload: "restart" } as const satisfies Effect;
export const INCLUDE = { effect: "include" } as const satisfies Effect;

export function noEffect(why: string) {
  return { effect: "none", why } as const satisfies Effect;
}
