import type { OptionRow } from "./option.ts";
import type { Setting, SettingValue } from "./setting.ts";

/**
 * The result of a check: what a plugin would return and print.
 *
 * Texts are byte strings, as the words of the command line are: one character is one byte. A text that holds
 * a character above U+00FF is taken as Unicode and is sent as UTF-8.
 */
export interface CheckOutput {
  /**
   * 0 to 3, a state. Other return codes are for a check that passes on the return code of another command.
   */
  readonly returnCode: number;
  /**
   * What a plugin would print on stdout, with the perfdata after `|`. The last line break may be left out.
   */
  readonly output: string;
  /** What a plugin would print on stderr. */
  readonly stderr?: string;
}

/** A command that the worker runs for a check, as `negate` needs it. */
export interface NestedCommand {
  /** The program and its arguments, as exec takes them: no shell reads them. */
  readonly words: readonly string[];
  /** Variables that are set for this command only. */
  readonly environment: readonly (readonly [name: string, value: string])[];
}

/** How a nested command ended. `signal` is the signal's number. */
export type CommandOutcome =
  | { readonly kind: "exited"; readonly returnCode: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: "signalled"; readonly signal: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: "timed-out" };

/**
 * A value that checks share as long as the worker lives: a pool of sessions, one socket for all pings.
 *
 * It is a constant of the file that needs it, and a check asks for it with `context.shared(POOL)`. The worker
 * tells shared values apart by this object, not by its name, so two families cannot get each other's value.
 */
export interface Shared<Value extends Disposable | AsyncDisposable> {
  /** The name that the log shows. */
  readonly name: string;
  /**
   * Makes the value. The worker calls it when a check asks for the value for the first time, and again if it
   * threw. The worker disposes of the value when it stops, before it disposes of the values that `create`
   * asked for.
   */
  readonly create: (context: SharedContext) => Value;
}

/** What `create` of a shared value gets. The value may keep it: it is valid as long as the worker runs. */
export interface SharedContext {
  /** Gives another shared value that this one is built on, such as `RESOLVER`. */
  readonly shared: <Value extends Disposable | AsyncDisposable>(shared: Shared<Value>) => Value;
  /** The value of a family's setting now: it may change while the worker runs, so do not keep it. */
  readonly setting: <Value extends SettingValue>(setting: Setting<Value>) => Value;
  /** Writes one debug line. Never pass secrets. */
  readonly log: (message: string) => void;
  /** Writes one line that an operator should see. Never pass secrets, nor a line for each check. */
  readonly warn: (message: string) => void;
}

/** What a check gets from the worker for one run. */
export interface CheckContext {
  /**
   * The words of the command line with references in place of secrets. Undefined: there are none. What is
   * remembered of a command line is remembered under these.
   */
  readonly words?: readonly string[];
  /** Is aborted when the time of the check is up or the worker stops. Close everything then, and return. */
  readonly signal: AbortSignal;
  /**
   * Gives the shared value, which is created when a check asks for it first. Throws when the worker has
   * stopped.
   */
  readonly shared: <Value extends Disposable | AsyncDisposable>(shared: Shared<Value>) => Value;
  /** Writes one debug line, with the job's fields. Never pass secrets. */
  readonly log: (message: string) => void;
  /**
   * Runs the command that the check has declared with `command`. A native check may answer it in this
   * process. Rejects when the check has declared none.
   */
  readonly execute: (limits: { readonly timeoutMs: number }) => Promise<CommandOutcome>;
}

/**
 * The plugin that a check stands in for. The worker looks at the file on the command line: a plugin of
 * another suite or version is executed.
 */
export interface Replaces {
  /** Of a program in Go: the path of its module. */
  readonly suite: string;
  /** `2.3` stands for every 2.3.x. */
  readonly versions: readonly string[];
  /** Only for a program in Go: finds the version in the file. */
  readonly program?: RegExp;
  /**
   * The plugin is a script. It has these texts and its version, as `$Revision: 2.9 $`.
   * Without them it is a program.
   */
  readonly script?: readonly string[];
  /** Not a plugin but a program of the worker's own installation: its file lies in this folder. */
  readonly folder?: string;
}

/** A command line that a check has understood completely. */
export interface UnderstoodCommand {
  /** The command that `context.execute` runs. */
  readonly command: NestedCommand | undefined;
  /**
   * True: a run changes what the next run, or the plugin, will answer. So one job makes one run, also in
   * shadow mode.
   */
  readonly keepsState?: boolean;
  /** The name or address of what is asked, as it stands on the command line. Undefined: nothing is. */
  readonly target?: string | undefined;
  readonly run: (context: CheckContext) => Promise<CheckOutput>;
}

/** A native check, made by `defineCheck`. It is frozen and holds no state of a run. */
export interface Check {
  /** The file name of the plugin. */
  readonly name: string;
  /** One line for lists and `--help`. */
  readonly summary: string;
  /**
   * Undefined: there is no such plugin. The check answers only if the file on the command line does not
   * exist.
   */
  readonly replaces: Replaces | undefined;
  /** True: the check declares commands that it runs, as a wrapper around plugins does. */
  readonly runsCommands?: boolean;
  /** The rows of `--help`. A check that reads its words itself may have none. */
  readonly rows?: readonly OptionRow[];
  /**
   * True: it has not been proven on the real thing, so it answers only where the operator has named it. This
   * is for the worker's own checks.
   */
  readonly isExperimental?: boolean;
  /**
   * Does once what a run needs, such as loading a large package: for a check of a site when its file is
   * loaded, for one of the worker before it answers for the first time.
   */
  readonly prepare?: () => Promise<void>;
  /**
   * Says why the check cannot answer on this machine, such as a right that the process does not have.
   * Undefined: it can, as far as is known. Only `plugin list` and `check --explain` ask; a run says it with
   * `CheckDeclined`. A site's own checks are not asked.
   */
  readonly whyNotHere?: () => string | undefined;
  /**
   * Reads the words after the command. Undefined: some word is not understood, so the plugin has to answer.
   */
  readonly understand: (argv: readonly string[]) => UnderstoodCommand | undefined;
}
