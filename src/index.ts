/** What a program that embeds the worker may use. */
import { BUILTIN_SETTINGS } from "../plugins/settings.ts";
import type { Config } from "./config/config.ts";
import * as load from "./config/load.ts";
import type { Machine } from "./config/machine.ts";
import { workerTable } from "./config/worker/table.ts";

export { BUILTIN_CHECKS } from "../plugins/index.ts";
export type { Config } from "./config/config.ts";
export { type Machine, thisMachine } from "./config/machine.ts";
export { ConfigError, type Problem } from "./config/problem.ts";
export { createLog, type Log, type WorkerLog } from "./log.ts";
export { Worker, type WorkerOptions } from "./worker/worker.ts";
export type { WorkerEvents, WorkerListener } from "./worker/worker-events.ts";
export type { WorkerStatus } from "./worker/worker-status.ts";

/** A worker.conf that was read. */
export type LoadedConfig = load.LoadedConfig<Config>;

/**
 * Reads a command line of the worker with its files and the environment. Throws a ConfigError with all
 * problems at once.
 */
export function loadConfig(argv: readonly string[], machine: Machine): load.Loaded<Config> {
  return load.loadConfig(workerTable(BUILTIN_SETTINGS), argv, machine);
}
