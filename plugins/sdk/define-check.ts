import type { Check, CheckContext, CheckOutput, Command, Replaces } from "./check.ts";

/** A check as its author writes it; `Options` is whatever `read` makes of the command line. */
export interface CheckDefinition<Options> {
  readonly name: string;
  readonly summary: string;
  readonly replaces?: Replaces;
  /** The words after the command → options; undefined when one of them is not understood. Pure. */
  readonly read: (argv: readonly string[]) => Options | undefined;
  /**
   * A command this check runs. It is declared, not started by the check, so that the worker routes it as any other:
   * restricted paths hold for it, and a native check may answer.
   */
  readonly command?: (options: Options) => Command;
  readonly run: (options: Options, context: CheckContext) => CheckOutput | Promise<CheckOutput>;
}

export function defineCheck<Options>(definition: CheckDefinition<Options>): Check {
  const { name, summary, replaces, read, command, run } = definition;
  if (!/^[A-Za-z0-9_.-]+$/.test(name)) throw new TypeError(`a check is named as a file: "${name}"`);
  return Object.freeze({
    name,
    summary,
    replaces,
    understand(argv: readonly string[]) {
      const options = read(argv);
      if (options === undefined) return undefined;
      return { command: command?.(options), run: async (context: CheckContext) => run(options, context) };
    },
  });
}
