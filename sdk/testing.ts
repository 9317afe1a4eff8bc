import type { Check, CheckContext, CheckOutput, CommandOutcome, NestedCommand } from "./check.ts";
import type { SessionStandIns } from "./context/run-context.ts";
import { withinSeconds } from "./deadline.ts";
import { CheckFailure } from "./failure.ts";
import { SharedValues } from "./shared.ts";

/** `omd-worker/sdk/testing`: runs a check from a test. */

/** The result of one run: what the core would get, and the lines the check has logged. */
export interface CheckRun {
  readonly returnCode: number;
  readonly output: string;
  readonly stderr: string;
  readonly log: readonly string[];
}

/** How `runCheck` runs a check. `snmp` and `ssh` stand in for the worker's sessions, which a test has not. */
export interface CheckRunOptions extends SessionStandIns {
  /** Milliseconds after which the check's signal is aborted and the run fails. The default is 10,000. */
  readonly timeoutMs?: number;
  /** Aborts the check before its time is up. */
  readonly signal?: AbortSignal;
  /**
   * Shared values that several runs have in common; the test disposes of them. By default each run has its
   * own.
   */
  readonly shared?: SharedValues;
  /** Is called by `context.execute`, in place of the worker. */
  readonly execute?: (
    command: NestedCommand,
    limits: { readonly timeoutMs: number },
  ) => Promise<CommandOutcome>;
}

/**
 * Runs a check on the words after its name. The words are given as a list, or as one command line: blanks,
 * quotes and `\\` mean what they mean to a shell, and nothing else does.
 *
 * Rejects if the check leaves the words to the plugin, throws an error that is no `CheckFailure`, or takes
 * too long.
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
  const { timeoutMs = 10_000, signal = new AbortController().signal, shared = values, snmp, ssh } = options;
  const run = (deadline: AbortSignal) => {
    const context: CheckContext & SessionStandIns = {
      ...(snmp && { snmp }),
      ...(ssh && { ssh }),
      signal: deadline,
      log: (message) => log.push(message),
      shared: (each) => shared.get(each),
      execute: (limits) => execute(understood.command, limits, options),
    };
    return understood.run(context);
  };
  const onTimeout = () => new Error(`${check.name} was not through after ${timeoutMs / 1000} s`);
  const {
    returnCode,
    output,
    stderr = "",
  } = await withinSeconds({ seconds: timeoutMs / 1000, signal, onTimeout }, run).catch(readFailure);
  return { returnCode, output, stderr, log };
}

async function execute(
  command: NestedCommand | undefined,
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
