import { allValues } from "../../config/config.ts";
import { ConfigError, isError, type Problem, renderProblem } from "../../config/problem.ts";
import { COMMAND_LINE } from "../../config/read/arguments.ts";
import { Problems } from "../../config/read/problems.ts";
import { renderEffective } from "../../config/render/effective.ts";
import { renderMarkdown } from "../../config/render/markdown.ts";
import { renderSampleConf } from "../../config/render/sample.ts";
import { hasVariables } from "../../config/variables.ts";
import { INTRODUCTION } from "../../config/worker/introduction.ts";
import { type CommandResult, unknownWord, wrongCall } from "../command.ts";
import type { Io } from "../io.ts";
import { loadAlone, loadWorkerConf, WORKER_TABLE } from "../worker-conf.ts";

/** Exit codes: 0, and 1 if a configuration is wrong. */
export async function configCommand(argv: readonly string[], io: Io): Promise<CommandResult> {
  const [command, ...rest] = argv;
  switch (command) {
    case "check":
      return checkCommand(rest, io);
    case "show":
      return show(rest, io);
    case "sample":
      return print(renderSampleConf(WORKER_TABLE.groups), io);
    case "docs":
      return print(renderMarkdown(WORKER_TABLE.groups, INTRODUCTION), io);
    default:
      return unknownWord(command, ["check", "show", "sample", "docs"]);
  }
}

const ALONE = "--alone";

async function checkCommand(words: readonly string[], io: Io): Promise<CommandResult> {
  const isAlone = words.includes(ALONE);
  const files = words.filter((word) => word !== ALONE);
  if (files.some((file) => file.startsWith("-"))) return wrongCall();
  if (files.length > 0) return checkFiles(files, isAlone ? loadedAlone : withFile(io), io);
  if (isAlone || !hasVariables(io.env)) return wrongCall();
  return report("the environment", await findProblems(() => inspected([], io)), io) ? 0 : 1;
}

/** Throws a ConfigError if it cannot be used; otherwise it is looked at more closely. */
type Look = (file: string) => Promise<readonly Problem[]>;

async function checkFiles(files: readonly string[], look: Look, io: Io): Promise<number> {
  let exitCode = 0;
  for (const file of files) if (!report(file, await findProblems(() => look(file)), io)) exitCode = 1;
  return exitCode;
}

function report(file: string, problems: readonly Problem[], io: Io): boolean {
  // A problem of the whole has no line, and nothing else was given on a command line: both concern this file.
  for (const problem of problems)
    io.stdout(`${renderProblem(concernsTheWhole(problem) ? { ...problem, file } : problem)}\n`);
  if (problems.some(isError)) return false;
  const warnings =
    problems.length === 0 ? "" : `, with ${problems.length} warning${problems.length > 1 ? "s" : ""}`;
  io.stdout(`${file}: ok${warnings}\n`);
  return true;
}

function concernsTheWhole({ file }: Problem): boolean {
  return file === undefined || file === COMMAND_LINE.file;
}

function withFile(io: Io): Look {
  return (file) => inspected([`config=${file}`], io);
}

/** As the worker would read it, with the checks there are. */
async function inspected(words: readonly string[], io: Io): Promise<readonly Problem[]> {
  const loaded = loadWorkerConf(words, io);
  if (loaded.wants !== "run") return [];
  const { inspectConfig } = await import("../config/inspect.ts");
  return [...loaded.warnings, ...(await inspectConfig(loaded))];
}

async function loadedAlone(file: string): Promise<readonly Problem[]> {
  const loaded = loadAlone(file);
  if (loaded.wants !== "run") return [];
  const { inspectAlone } = await import("../config/inspect.ts");
  return [...loaded.warnings, ...inspectAlone(loaded)];
}

async function findProblems(look: () => Promise<readonly Problem[]>): Promise<readonly Problem[]> {
  try {
    const problems = new Problems();
    (await look()).forEach(problems.report);
    return problems.list;
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

function show(argv: readonly string[], io: Io): CommandResult {
  try {
    const loaded = loadWorkerConf(argv, io);
    if (loaded.wants !== "run") return wrongCall();
    for (const warning of loaded.warnings) io.stderr(`${renderProblem(warning)}\n`);
    io.stdout(renderEffective(WORKER_TABLE.groups, allValues(loaded.config), loaded.origins));
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

function print(text: string, io: Io): number {
  io.stdout(text);
  return 0;
}
