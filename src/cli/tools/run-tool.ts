import { loadConfig } from "../../config/load.ts";
import { thisMachine } from "../../config/machine.ts";
import { ConfigError, type Problem, renderProblem } from "../../config/problem.ts";
import { COMMAND_LINE } from "../../config/read/arguments.ts";
import { joinValues } from "../../config/read/join-values.ts";
import { type ConfigTable, optionsOf } from "../../config/table.ts";
import type { ToolIo } from "../../tools/tool-io.ts";
import { type CommandResult, help } from "../command.ts";
import type { Io } from "../io.ts";

interface Tool<Config> {
  readonly name: string;
  readonly table: ConfigTable<Config>;
  /** The exit code of --help and --version; without it that of the C tools. */
  readonly helpCode?: number;
  readonly run: (config: Config, io: ToolIo) => Promise<number>;
}

/** The C tools end so after --help, after --version and after a wrong call. */
const UNKNOWN = 3;

/**
 * Runs a tool with the options of `argv`. As in the C tools, what is wrong with them is told on standard
 * output. Warnings about a file are left to the worker, whose file it often is.
 */
export async function runTool<Config>(
  argv: readonly string[],
  io: Io,
  { name, table, helpCode = UNKNOWN, run }: Tool<Config>,
): Promise<CommandResult> {
  try {
    const words = joinValues(argv, optionsOf(table.groups));
    const loaded = loadConfig(table, words, { ...thisMachine(), env: io.env });
    switch (loaded.wants) {
      case "help":
        return help(helpCode);
      case "version":
        io.stdout(await toolVersion(name));
        return helpCode;
      case "run": {
        const isOfCall = isWrittenFor(table);
        for (const warning of loaded.warnings)
          if (isOfCall(warning)) io.stderr(`${renderProblem(warning)}\n`);
        return await run(loaded.config, toolIo(io));
      }
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    io.stdout(`${error.message}\nsee: ${name} --help\n`);
    return UNKNOWN;
  }
}

/** On the command line, or in the environment for this tool. */
function isWrittenFor<Config>({ variables }: ConfigTable<Config>): (warning: Problem) => boolean {
  return ({ file = "" }) =>
    file === COMMAND_LINE.file || (variables !== undefined && file.startsWith(variables.prefix));
}

export async function toolVersion(name: string): Promise<string> {
  const { VERSION } = await import("../version.ts");
  return `${name}: version ${VERSION} of omd-worker running on Node.js ${process.version}\n\n`;
}

export function toolIo(io: Io): ToolIo {
  return { ...io, stdin: io.stdin ?? (() => process.stdin) };
}
