import type { Kind } from "./kind.ts";
import type { Machine } from "./machine.ts";

/** What a changed value asks for at a reload (HUP). */
export type Reload = "live" | "reconnect" | "restart";

export type KnownBy = "C worker" | "Go worker" | "core module" | "send tools" | "omd-worker";

interface OptionBase<Value> {
  /** As peers' files spell it; `-` and `_` are the same to us when reading. */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly kind: Kind<Value>;
  readonly default: Value | ((machine: Machine) => Value);
  /** For the documentation, where the default is more than a value. */
  readonly defaultText?: string;
  readonly help: string;
  readonly unit?: "seconds" | "milliseconds" | "percent" | "per second";
  readonly knownBy: readonly KnownBy[];
  /** Mentioning any such option turns the default queues off. */
  readonly isQueue?: true;
  /** The sample worker.conf sets this instead of showing the default as a comment. */
  readonly sample?: string;
}

/** One row of the table of worker.conf. */
export type WorkerOption<Value = unknown> = OptionBase<Value> &
  (
    | { readonly effect: "full"; readonly reload: Reload }
    /** Understood, so that one file serves every worker and the core module, but nothing here depends on it. */
    | { readonly effect: "none"; readonly why: string }
    /** Names another file, which is read in its place; has no value of its own. */
    | { readonly effect: "include" }
  );
