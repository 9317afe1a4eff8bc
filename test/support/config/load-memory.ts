import { BUILTIN_SETTINGS } from "../../../plugins/settings.ts";
import { ConfigError, renderProblem } from "../../../src/config/problem.ts";
import { workerTable } from "../../../src/config/worker/table.ts";
import { type LoadedConfig, loadConfig } from "../../../src/index.ts";
import { type MemoryMachine, memoryMachine } from "./memory-machine.ts";

/** The options of the worker as it is installed. */
export const { groups: GROUPS } = workerTable(BUILTIN_SETTINGS);

/** What every start needs; not part of what a test is about. */
const MINIMUM = ["server=localhost", "encryption=no"];

export function load(argv: readonly string[], given?: MemoryMachine): LoadedConfig {
  const loaded = loadConfig(argv, memoryMachine(given));
  if (loaded.wants !== "run") throw new Error(`wants ${loaded.wants}`);
  return loaded;
}

/** Loads these options together with a server and `encryption=no`. */
export function loadMinimal(argv: readonly string[], given?: MemoryMachine): LoadedConfig {
  return load([...MINIMUM, ...argv], given);
}

export function loadFile(content: string | Buffer, given: MemoryMachine = {}): LoadedConfig {
  return loadMinimal(["config=/w.conf"], { ...given, files: { ...given.files, "/w.conf": content } });
}

export function warningsOf({ warnings }: LoadedConfig): readonly string[] {
  return warnings.map(renderProblem);
}

/** All problems of a load that fails; undefined when it does not fail. */
export function problemsOf(action: () => unknown): readonly string[] | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(renderProblem);
    throw error;
  }
}
