import type { OptionRow } from "./option.ts";
import type { Setting, SettingValue } from "./setting.ts";

/**
 * What a check has to say. Texts are byte strings, one character per byte, as the words of the command line are;
 * a text with a character above U+00FF is taken as Unicode and leaves as UTF-8.
 */
export interface CheckOutput {
  /** A state. Only a check that passes on the answer of another command has other return codes. */
  readonly returnCode: number;
  /** What a plugin would print on stdout, perfdata after `|` included; the last line break may be left out. */
  readonly output: string;
  /** What a plugin would print on stderr. */
  readonly stderr?: string;
}

/** A command a check has run for it: the words as exec takes them, and variables set for this command alone. */
export interface Command {
  readonly words: readonly string[];
  readonly environment: readonly (readonly [name: string, value: string])[];
}

/** How that command ended. */
export type CommandOutcome =
  | { readonly kind: "exited"; readonly returnCode: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: "signalled"; readonly signal: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: "timed-out" };

/**
 * Something checks share for as long as the worker lives: a pool of sessions, one socket for all pings. A constant of its family's
 * module, so that each has its own type and no two families meet under one name.
 */
export interface Shared<Value extends Disposable | AsyncDisposable> {
  /** For the log. */
  readonly name: string;
  /** Called by the first who asks. The worker disposes of the value when it stops, and then of those it has asked for itself. */
  readonly create: (surroundings: SharedContext) => Value;
}

/** What outlives a single check, and may be kept by what is shared. */
export interface SharedContext {
  /** As a check's `context.shared`: what this value is built on, `RESOLVER` say. */
  readonly shared: <Value extends Disposable | AsyncDisposable>(shared: Shared<Value>) => Value;
  /** The value of a family's setting now: it may change while the worker runs, so do not keep it. */
  readonly setting: <Value extends SettingValue>(setting: Setting<Value>) => Value;
  /** Writes one debug line. Never pass secrets. */
  readonly log: (message: string) => void;
}

/** What the worker hands to a running check. */
export interface CheckContext {
  /** Aborted when the check's time is up or the worker stops: close everything and return. */
  readonly signal: AbortSignal;
  /** The one value of this kind in the worker, created when first asked for. */
  readonly shared: <Value extends Disposable | AsyncDisposable>(shared: Shared<Value>) => Value;
  /** Writes one debug line bound to the job. Never pass secrets. */
  readonly log: (message: string) => void;
  /** Runs the command the check has declared, in this process where a native check answers for it. */
  readonly execute: (limits: { readonly timeoutMs: number }) => Promise<CommandOutcome>;
}

/** The plugins a check stands in for: file contents of another suite or version are executed. */
export interface Replaces {
  readonly suite: string;
  /** `2.3` is every 2.3.x. */
  readonly versions: readonly string[];
}

/** A command line a check has understood completely. */
export interface UnderstoodCommand {
  /** The command `context.execute` will run. */
  readonly command: Command | undefined;
  /** A run leaves something behind that the next one, or the plugin, answers by: it is not made twice for one job. */
  readonly keepsState?: boolean;
  readonly run: (context: CheckContext) => Promise<CheckOutput>;
}

/** A native check, made by `defineCheck`. Frozen; what a run needs lives in its run. */
export interface Check {
  /** The plugin's file name. */
  readonly name: string;
  /** One line for lists. */
  readonly summary: string;
  /** Undefined: there is no such plugin, the check answers only where the file named does not exist. */
  readonly replaces: Replaces | undefined;
  /** The rows of `--help`; a check that reads its words itself may have none. */
  readonly rows?: readonly OptionRow[];
  /** Does once what the first run would else wait for. */
  readonly prepare?: () => Promise<void>;
  /** `argv` is what follows the command. Undefined: not every word is understood, the plugin has to answer. */
  readonly understand: (argv: readonly string[]) => UnderstoodCommand | undefined;
}
