import { BUILTIN_SETTINGS } from "../../plugins/settings.ts";
import { aloneWith } from "../config/alone.ts";
import type { Config } from "../config/config.ts";
import { createOptionFinder } from "../config/find-option.ts";
import { type Loaded, loadConfig } from "../config/load.ts";
import { type Machine, thisMachine } from "../config/machine.ts";
import { ConfigError, renderProblem } from "../config/problem.ts";
import { COMMAND_LINE } from "../config/read/arguments.ts";
import type { Sources } from "../config/read/sources.ts";
import { optionsOf } from "../config/table.ts";
import { commandTable, workerTable } from "../config/worker/table.ts";
import type { Io } from "./io.ts";

/** The options of the worker. */
export const WORKER_TABLE = workerTable(BUILTIN_SETTINGS);

/** Whether a word is a key of worker.conf. */
export function isWorkerOption(word: string): boolean {
  return createOptionFinder(optionsOf(WORKER_TABLE.groups)).find(word) !== undefined;
}

/** Reads worker.conf as the worker does. `sources` gets to know what was read, also if it cannot be used. */
export function loadWorkerConf(options: readonly string[], io: Io, sources?: Sources): Loaded<Config> {
  const machine = machineOf(io);
  return loadConfig(WORKER_TABLE, options, sources?.noting(machine) ?? machine);
}

/** Reads this file, and nothing that it names: `aloneWith`. */
export function loadAlone(file: string): Loaded<Config> {
  return loadConfig(WORKER_TABLE, [`config=${file}`], aloneWith(file, thisMachine()));
}

/**
 * Reads worker.conf for a command that talks to no job server. Undefined: the options ask for help or the
 * version. Warnings about a file are left to the worker that runs with it.
 */
export function loadForCommand(options: readonly string[], io: Io): Config | undefined {
  const loaded = loadConfig(commandTable(BUILTIN_SETTINGS), options, machineOf(io));
  if (loaded.wants !== "run") return undefined;
  for (const warning of loaded.warnings)
    if (warning.file === COMMAND_LINE.file) io.stderr(`${renderProblem(warning)}\n`);
  return loaded.config;
}

/** Tells what is wrong with the options. Any other error is a fault of ours and is thrown again. */
export function reportConfigError(error: unknown, io: Io): void {
  if (!(error instanceof ConfigError)) throw error;
  io.stderr(`${error.message}\n`);
}

function machineOf({ env }: Io): Machine {
  return { ...thisMachine(), env };
}
