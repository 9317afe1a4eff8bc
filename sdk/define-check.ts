import type { ArgvRules } from "../plugins/libc/getopt.ts";
import type { Check, CheckContext, CheckOutput, NestedCommand, Replaces } from "./check.ts";
import type { OptionsOf, OptionTable } from "./option.ts";
import { createOptionsReader, type GivenText, listRows } from "./read-options.ts";

/** The parts that every check has. `Options` is what was read from the command line. */
interface CheckParts<Options> {
  /** The file name of the plugin, as it stands on the command line: letters, digits, `_`, `.` and `-`. */
  readonly name: string;
  /** One line for lists and `--help`. */
  readonly summary: string;
  /** The plugin that this check stands in for. Without it the check answers only if no such file exists. */
  readonly replaces?: Replaces;
  /**
   * The command that this check runs. The check declares it and the worker runs it as any other command:
   * restricted paths hold for it, and a native check may answer it.
   */
  readonly command?: (options: Options) => NestedCommand;
  /** True: a run leaves a state behind, as for rates. The shadow mode makes no second run then. */
  readonly keepsState?: (options: Options) => boolean;
  /**
   * Does what the first run would have to wait for otherwise, such as the import of a large package.
   *
   * The worker calls it when it starts, before it takes jobs, and only if the check is switched on. A run may
   * not rely on it: if it fails or takes longer than ten seconds, the worker logs that and goes on. It may
   * read files, but do no other I/O.
   */
  readonly prepare?: () => Promise<void>;
  /** Runs the check. A thrown `CheckFailure` is an answer; any other error is a fault of the check. */
  readonly run: (options: Options, context: CheckContext) => CheckOutput | Promise<CheckOutput>;
}

/**
 * A check with a table of options. The words of the command line are read by the table, the types of the
 * options follow from it, and `--help` is printed from it.
 */
export interface CheckDefinition<Table extends OptionTable> extends CheckParts<OptionsOf<Table>> {
  readonly options: Table;
  /** How the plugin reads its words, where it differs from other plugins. */
  readonly argv?: ArgvRules;
  /** False: the plugin has to answer these options together. It must be pure. */
  readonly accept?: (options: OptionsOf<Table>, given: readonly GivenText[]) => boolean;
}

/** A check that reads the words of its command line itself, with `read` in place of a table. */
export interface ReadingCheckDefinition<Options> extends CheckParts<Options> {
  /** The rows of `--help`. Nothing else is done with this table. */
  readonly options?: OptionTable;
  /** Reads the words after the command. Undefined: some word is not understood. It must be pure. */
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
  return "read" in definition
    ? createCheck(definition, definition.read)
    : createCheck(definition, createTableReader(definition));
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

function createTableReader({ options: table, argv: rules, accept }: CheckDefinition<OptionTable>) {
  const readOptions = createOptionsReader(table, rules);
  return (argv: readonly string[]) => {
    const read = readOptions(argv);
    if (read === undefined || accept?.(read.options, read.given) === false) return undefined;
    return read.options;
  };
}

function createCheck<Options>(
  parts: CheckParts<Options> & { options?: OptionTable },
  read: (argv: readonly string[]) => Options | undefined,
): Check {
  const { name, summary, replaces, command, keepsState, prepare, run, options: table } = parts;
  return Object.freeze({
    name,
    summary,
    replaces,
    rows: table === undefined ? [] : listRows(table),
    ...(command && { runsCommands: true }),
    ...(prepare && { prepare }),
    understand(argv: readonly string[]) {
      const options = read(argv);
      if (options === undefined) return undefined;
      return {
        command: command?.(options),
        keepsState: keepsState?.(options) ?? false,
        run: async (context: CheckContext) => run(options, context),
      };
    },
  });
}
