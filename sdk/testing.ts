import type { Check, CheckOutput, Command, CommandOutcome } from "./check.ts";
import { withinSeconds } from "./deadline.ts";
import { CheckFailure } from "./failure.ts";
import { SharedValues } from "./shared.ts";

/** `omd-worker/sdk/testing`: runs a check from a test. */

/** What the core would be told, and what was logged on the way. */
export interface CheckRun {
  readonly returnCode: number;
  readonly output: string;
  readonly stderr: string;
  readonly log: readonly string[];
}

export interface CheckRunOptions {
  /** When the check's signal is aborted and its run given up; 10 seconds by default. */
  readonly timeoutMs?: number;
  /** Aborts the check earlier. */
  readonly signal?: AbortSignal;
  /** What the check shares, to be kept from run to run and disposed of by the test; by default each run has its own. */
  readonly shared?: SharedValues;
  /** Stands in for `context.execute`. */
  readonly execute?: (command: Command, limits: { readonly timeoutMs: number }) => Promise<CommandOutcome>;
}

/**
 * Runs a check on the words after its name, given as they stand or as a command line (blanks, quotes and `\\` as a shell has them,
 * nothing else). Rejects where the check leaves the words to the plugin, throws anything but a `CheckFailure`, or is not through
 * in time.
 */
export async function runCheck(
  check: Check,
  line: string | readonly string[],
  options: CheckRunOptions = {},
): Promise<CheckRun> {
  const argv = typeof line === "string" ? splitWords(line) : line;
  const understood = check.understand(argv);
  if (understood === undefined) {
    throw new Error(`${check.name} leaves these words to the plugin: ${JSON.stringify(argv)}`);
  }
  const log: string[] = [];
  await using values = new SharedValues({ log: (message) => log.push(message) });
  const { timeoutMs = 10_000, signal = new AbortController().signal, shared = values } = options;
  const run = (deadline: AbortSignal) =>
    understood.run({
      signal: deadline,
      log: (message) => log.push(message),
      shared: (each) => shared.get(each),
      execute: (limits) => execute(understood.command, limits, options),
    });
  const onTimeout = () => new Error(`${check.name} was not through after ${timeoutMs / 1000} s`);
  const output = await withinSeconds({ seconds: timeoutMs / 1000, signal, onTimeout }, run).catch(
    readFailure,
  );
  return { stderr: "", ...output, log };
}

async function execute(
  command: Command | undefined,
  limits: { readonly timeoutMs: number },
  options: CheckRunOptions,
): Promise<CommandOutcome> {
  if (command === undefined) throw new Error("the check has declared no command to execute");
  if (options.execute === undefined) throw new Error(`the test executes nothing: ${command.words.join(" ")}`);
  return options.execute(command, limits);
}

function readFailure(error: unknown): CheckOutput {
  if (error instanceof CheckFailure) return { returnCode: error.state, output: error.message };
  throw error;
}

/** `a 'b c' "d\"e" f\ g` is four words. */
export function splitWords(line: string): readonly string[] {
  const words = line.match(/(?:[^ \t\n'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+/gs) ?? [];
  return words.map((word) => word.replace(/'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/gs, unquote));
}

function unquote(_: string, single?: string, double?: string, escaped?: string): string {
  return single ?? double?.replace(/\\(["\\$`])/g, "$1") ?? escaped ?? "";
}
