import type { ArgvRules } from "../plugins/libc/getopt.ts";
import type { Check, CheckContext, CheckOutput, NestedCommand, Replaces } from "./check.ts";
import { extendContext, type RunContext } from "./context/run-context.ts";
import { CheckFailure } from "./failure.ts";
import type { OptionRow, OptionsOf, OptionTable } from "./option.ts";
import { createOptionsReader, type GivenText, listRows } from "./read-options.ts";
import { UNKNOWN } from "./state.ts";
import { findFault } from "./words/fault.ts";
import { renderCheckHelp } from "./words/help.ts";
import { renderUsage } from "./words/usage.ts";

/** The parts that every check has. `Options` is what was read from the command line. */
interface CheckParts<Options> {
  /** The file name of the plugin, as it stands on the command line: letters, digits, `_`, `.` and `-`. */
  readonly name: string;
  /** One line for lists and `--help`. */
  readonly summary: string;
  /** The plugin that this check stands in for. Without it the check answers only if no such file exists. */
  readonly replaces?: Replaces;
  /**
   * True: it has not been proven on the real thing, so it answers only where the operator has named it. This
   * is for the worker's own checks.
   */
  readonly isExperimental?: boolean;
  /**
   * The command that this check runs. The check declares it and the worker runs it as any other command:
   * restricted paths hold for it, and a native check may answer it.
   */
  readonly command?: (options: Options) => NestedCommand;
  /** Says why the check cannot answer on this machine, see `Check`. A site's own checks are not asked. */
  readonly whyNotHere?: () => string | undefined;
  /** True: a run leaves a state behind, as for rates. The shadow mode makes no second run then. */
  readonly keepsState?: (options: Options) => boolean;
  /**
   * The host that is asked, as it stands on the command line. With `native_target_max` no more than so many
   * checks ask one host at a time. Checks in a thread, as those of a site, are not counted.
   */
  readonly target?: (options: Options) => string | undefined;
  /**
   * Does what the first run would have to wait for otherwise, such as the import of a large package.
   *
   * The worker calls it when it starts, before it takes jobs, and only if the check is switched on. A run may
   * not rely on it: if it fails or takes longer than ten seconds, the worker logs that and goes on. It may
   * read files, but do no other I/O.
   */
  readonly prepare?: () => Promise<void>;
  /** Runs the check. A thrown `CheckFailure` is an answer; any other error is a fault of the check. */
  readonly run: (options: Options, context: RunContext) => CheckOutput | Promise<CheckOutput>;
}

/**
 * A check with a table of options. The words of the command line are read by the table, the types of the
 * options follow from it, and `--help` is printed from it.
 */
export interface CheckDefinition<Table extends OptionTable> extends CheckParts<OptionsOf<Table>> {
  readonly options: Table;
  /** How the plugin reads its words, where it differs from other plugins. */
  readonly argv?: ArgvRules;
  /**
   * False, or what is wrong in words: these options are not understood together. The plugin has to answer, or
   * if the check stands in for none, the answer is UNKNOWN with these words. It must be pure.
   */
  readonly accept?: (options: OptionsOf<Table>, given: readonly GivenText[]) => boolean | string;
}

/** A check that reads the words of its command line itself, with `read` in place of a table. */
export interface ReadingCheckDefinition<Options> extends CheckParts<Options> {
  /**
   * The rows of `--help`. If the check stands in for no plugin, they also make the usage line, and help to
   * say which word is wrong when `read` gives undefined.
   */
  readonly options?: OptionTable;
  /**
   * Reads the words after the command. Undefined: some word is not understood. A thrown `CheckFailure` says
   * what is wrong: `throw new CheckFailure("-w abc is no range")`. It must be pure.
   */
  readonly read: (argv: readonly string[]) => Options | undefined;
}

/**
 * Makes a check of its definition: with a table of `options`, or with a `read` of its own. Throws a TypeError
 * if a part is missing, the name is not a file name, or the table names an option twice.
 */
export function defineCheck<const Table extends OptionTable>(definition: CheckDefinition<Table>): Check;
export function defineCheck<Options>(definition: ReadingCheckDefinition<Options>): Check;
export function defineCheck(
  definition: CheckDefinition<OptionTable> | ReadingCheckDefinition<unknown>,
): Check {
  requireParts(definition);
  return "read" in definition ? createReadingCheck(definition) : createTableCheck(definition);
}

/** A site's own check may be plain JavaScript, so missing parts are found here, before the first run. */
function requireParts(
  definition: Partial<CheckDefinition<OptionTable> | ReadingCheckDefinition<unknown>>,
): void {
  const { name, summary, options, run } = definition;
  if (typeof name !== "string" || !/^[A-Za-z0-9_.-]+$/.test(name))
    throw new TypeError(`a check is named as a file: ${JSON.stringify(name)}`);
  if (typeof summary !== "string")
    throw new TypeError(`${name} has no summary: one line for lists and --help`);
  if (typeof run !== "function")
    throw new TypeError(`${name} has no run: (options, context) => ({ returnCode, output })`);
  if (!("read" in definition) && (typeof options !== "object" || options === null))
    throw new TypeError(`${name} has no options: a table of them, {} where there are none`);
}

/** A stand-in leaves what its table does not read to the plugin. Any other check says what is wrong. */
function createTableCheck(definition: CheckDefinition<OptionTable>): Check {
  const { options: table, argv: rules, accept, replaces } = definition;
  const mode = replaces === undefined ? "alone" : "stand-in";
  const readOptions = createOptionsReader(table, rules, mode);
  const judge = (argv: readonly string[]) => {
    const read = readOptions(argv);
    return read && { ...read, isAccepted: accept?.(read.options, read.given) ?? true };
  };
  const rows = listRows(table, mode);
  const read = (argv: readonly string[]) => {
    const judged = judge(argv);
    return judged?.isAccepted === true ? judged.options : undefined;
  };
  if (replaces !== undefined) return createCheck(definition, rows, { read });
  const refuse = (argv: readonly string[]) => {
    const accepted = judge(argv)?.isAccepted;
    const said = typeof accepted === "string" ? accepted : undefined;
    return refuseWords({ ...definition, replaces, rows }, said ?? findFault(table, argv, rules), accepted);
  };
  return createCheck(definition, rows, { read, refuse });
}

/** The same for a check that reads its words itself. */
function createReadingCheck(definition: ReadingCheckDefinition<unknown>): Check {
  const { options: table, replaces } = definition;
  const judge = (argv: readonly string[]) => judgeWords(definition, argv);
  const read = (argv: readonly string[]) => judge(argv).options;
  if (replaces !== undefined) return createCheck(definition, table ? listRows(table) : [], { read });
  const rows = table ? listRows(table, "alone") : [];
  const refuse = (argv: readonly string[]) => {
    const asksForHelp = argv.includes("--help") || argv.includes("-h");
    const found = judge(argv).fault ?? (table && findFault(table, argv));
    const fault = found ?? (asksForHelp ? undefined : "these words are not understood");
    return refuseWords({ ...definition, replaces, rows }, fault, undefined);
  };
  return createCheck(definition, rows, { read, refuse });
}

/** What `read` makes of the words, or what it says of them. */
function judgeWords({ read }: ReadingCheckDefinition<unknown>, argv: readonly string[]) {
  try {
    return { options: read(argv) };
  } catch (error) {
    if (error instanceof CheckFailure) return { options: undefined, fault: error.message };
    throw error;
  }
}

function refuseWords(
  check: Pick<Check, "name" | "summary" | "replaces" | "rows">,
  fault: string | undefined,
  accepted: boolean | string | undefined,
): CheckOutput {
  if (fault === undefined && accepted === undefined)
    return { returnCode: UNKNOWN, output: renderCheckHelp(check) };
  const wrong = fault ?? "these options do not go together";
  return { returnCode: UNKNOWN, output: `UNKNOWN - ${check.name}: ${wrong}\n${renderUsage(check)}\n` };
}

interface WordReading<Options> {
  /** Undefined: the words are not understood. */
  readonly read: (argv: readonly string[]) => Options | undefined;
  /** The answer to words that are not understood, if there is no plugin that could answer. */
  readonly refuse?: (argv: readonly string[]) => CheckOutput;
}

function createCheck<Options>(
  parts: CheckParts<Options>,
  rows: readonly OptionRow[],
  { read, refuse }: WordReading<Options>,
): Check {
  const { name, summary, replaces, command, keepsState, target, prepare, run } = parts;
  return Object.freeze({
    name,
    summary,
    replaces,
    rows,
    ...(command && { runsCommands: true }),
    ...(parts.isExperimental && { isExperimental: true }),
    ...(prepare && { prepare }),
    ...(parts.whyNotHere && { whyNotHere: parts.whyNotHere }),
    understand(argv: readonly string[]) {
      const options = read(argv);
      if (options === undefined) return refuse && { command: undefined, run: async () => refuse(argv) };
      const remembers = keepsState?.(options) ?? false;
      const about = { check: name, argv, mayRemember: remembers || replaces === undefined };
      return {
        command: command?.(options),
        keepsState: remembers,
        ...(target && { target: target(options) }),
        run: async (context: CheckContext) => run(options, extendContext(context, about)),
      };
    },
  });
}
