/** What a program that embeds the worker may use. */
export type { Config } from "./config/config.ts";
export { type LoadedConfig, loadConfig } from "./config/load.ts";
export { type Machine, thisMachine } from "./config/machine.ts";
export { ConfigError, type Problem } from "./config/problem.ts";
export { createLog, type Log, type WorkerLog } from "./log.ts";
export { Worker, type WorkerOptions } from "./worker/worker.ts";
