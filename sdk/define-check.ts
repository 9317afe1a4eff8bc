import type { ArgvRules } from "../plugins/libc/getopt.ts";
import type { Check, CheckContext, CheckOutput, Command, Replaces } from "./check.ts";
import type { OptionsOf, OptionTable } from "./option.ts";
import { createOptionsReader, type GivenText, listRows } from "./read-options.ts";

/** What every check says of itself and does; `Options` is what was read of the command line. */
interface CheckParts<Options> {
  /** The plugin's file name. */
  readonly name: string;
  /** One line for lists and `--help`. */
  readonly summary: string;
  /** The plugin this check stands in for; without it the check answers only where no such file exists. */
  readonly replaces?: Replaces;
  /**
   * A command this check runs. It is declared, not started by the check, so that the worker routes it as any other:
   * restricted paths hold for it, and a native check may answer.
   */
  readonly command?: (options: Options) => Command;
  /** True where a run leaves a state behind, as for rates: the shadow mode lets the plugin alone then. */
  readonly keepsState?: (options: Options) => boolean;
  /**
   * What the first run would else wait for and hold others up with, an import of a large package say: done when the worker starts,
   * before it takes jobs, and only where the check is switched on. A run may not count on it: where it fails, or takes longer than
   * ten seconds, the worker logs that and goes on. No I/O but the reading of files.
   */
  readonly prepare?: () => Promise<void>;
  readonly run: (options: Options, context: CheckContext) => CheckOutput | Promise<CheckOutput>;
}

/** A check with a table of options, from which its words are read, its types inferred and its help rendered. */
export interface CheckDefinition<Table extends OptionTable> extends CheckParts<OptionsOf<Table>> {
  readonly options: Table;
  /** How the plugin takes its words, where it differs from the others. */
  readonly argv?: ArgvRules;
  /** False: these options together are left to the plugin. Pure. */
  readonly accept?: (options: OptionsOf<Table>, given: readonly GivenText[]) => boolean;
}

/** A check that reads its words itself. */
export interface ReadingCheckDefinition<Options> extends CheckParts<Options> {
  /** For `--help` alone; `read` may take it to `createOptionsReader`. */
  readonly options?: OptionTable;
  /** The words after the command → options; undefined when one of them is not understood. Pure. */
  readonly read: (argv: readonly string[]) => Options | undefined;
}

/** Makes a check. Throws a TypeError where its name or its table cannot be. */
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

/** A site's own file may be plain JavaScript: what is missing is told when it is read, not when it runs. */
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
