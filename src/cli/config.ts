import { BUILTIN_SETTINGS } from "../../plugins/settings.ts";
import { allValues } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { type Machine, thisMachine } from "../config/machine.ts";
import { ConfigError, type Problem, renderProblem } from "../config/problem.ts";
import { COMMAND_LINE } from "../config/read/arguments.ts";
import { renderEffective } from "../config/render/effective.ts";
import { renderMarkdown } from "../config/render/markdown.ts";
import { renderSampleConf } from "../config/render/sample.ts";
import { INTRODUCTION } from "../config/worker/introduction.ts";
import { workerTable } from "../config/worker/table.ts";

export interface ConfigIo {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

const TABLE = workerTable(BUILTIN_SETTINGS);

const USAGE = `Usage:
  omd-worker config check FILE...    are these files (or directories) right? exit 1 if one is not
  omd-worker config show [OPTIONS]   the values that count, and where each was written
  omd-worker config sample           a worker.conf with every option
  omd-worker config docs             all options as Markdown
`;

/** `omd-worker config …`; resolves to the exit code. */
export async function configCommand(argv: readonly string[], io: ConfigIo): Promise<number> {
  const [command, ...rest] = argv;
  switch (command) {
    case "check":
      return rest.length > 0 && !rest.some((file) => file.startsWith("-")) ? check(rest, io) : usage(io);
    case "show":
      return show(rest, io);
    case "sample":
      return print(renderSampleConf(TABLE.groups), io);
    case "docs":
      return print(renderMarkdown(TABLE.groups, INTRODUCTION), io);
    default:
      return usage(io);
  }
}

function check(files: readonly string[], io: ConfigIo): number {
  const results = files.map((file) => checkFile(file, io));
  return results.every((isRight) => isRight) ? 0 : 1;
}

function checkFile(file: string, io: ConfigIo): boolean {
  const { problems, isRight } = findProblems(file, machineOf(io));
  // What is wrong with a file as a whole has no line, and none was given on a command line.
  for (const problem of problems)
    io.stdout(`${renderProblem(placeless(problem) ? { ...problem, file } : problem)}\n`);
  if (isRight) io.stdout(`${file}: ok\n`);
  return isRight;
}

function placeless({ file }: Problem): boolean {
  return file === undefined || file === COMMAND_LINE.file;
}

function findProblems(file: string, machine: Machine): { problems: readonly Problem[]; isRight: boolean } {
  try {
    const loaded = loadConfig(TABLE, [`config=${file}`], machine);
    return { problems: loaded.wants === "run" ? loaded.warnings : [], isRight: true };
  } catch (error) {
    if (error instanceof ConfigError) return { problems: error.problems, isRight: false };
    throw error;
  }
}

function show(argv: readonly string[], io: ConfigIo): number {
  try {
    const loaded = loadConfig(TABLE, argv, machineOf(io));
    if (loaded.wants !== "run") return usage(io);
    for (const warning of loaded.warnings) io.stderr(`${renderProblem(warning)}\n`);
    io.stdout(renderEffective(TABLE.groups, allValues(loaded.config), loaded.origins));
    for (const option of loaded.withoutEffect) {
      const why = option.effect === "none" ? option.why : "";
      io.stdout(`# ${option.name} has no effect here: ${why}\n`);
    }
    return 0;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) io.stderr(`${renderProblem(problem)}\n`);
    return 1;
  }
}

function machineOf({ env, cwd = process.cwd() }: ConfigIo): Machine {
  return { ...thisMachine(), env, cwd };
}

function print(text: string, io: ConfigIo): number {
  io.stdout(text);
  return 0;
}

function usage(io: ConfigIo): number {
  io.stderr(USAGE);
  return 2;
}
