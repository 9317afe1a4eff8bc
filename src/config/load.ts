import { isDeepStrictEqual } from "node:util";
import { toByteString } from "../byte-string.ts";
import { findQuestion, type Question, readArguments } from "./arguments.ts";
import type { Config } from "./config.ts";
import { type Draft, draftConfig } from "./draft.ts";
import { type Entry, readEntry } from "./entry.ts";
import type { Machine } from "./machine.ts";
import type { WorkerOption } from "./option.ts";
import { ConfigError, isError, type Origin, type Problem } from "./problem.ts";
import { expandEntry } from "./read-file.ts";
import { LOAD_LIMITS, settleConfig } from "./settle.ts";
import { type OptionName, WORKER_OPTIONS } from "./worker-options.ts";

/** Where the values of each option were written, by its name; nothing there: the default. */
export type Origins = ReadonlyMap<string, readonly Origin[]>;

/** What a command line with its files and the environment comes to. */
export type Loaded = { readonly wants: Question } | LoadedConfig;

export interface LoadedConfig {
  readonly wants: "run";
  readonly config: Config;
  readonly origins: Origins;
  readonly warnings: readonly Problem[];
  /** Options that were given but change nothing here; each row says why. */
  readonly withoutEffect: readonly WorkerOption[];
}

/** libgearman adds these servers to every worker of the C family. */
const SERVERS_VARIABLE = "GEARMAN_SERVERS";

/** Throws a ConfigError with all problems at once. */
export function loadConfig(argv: readonly string[], machine: Machine): Loaded {
  const wants = findQuestion(argv);
  if (wants !== undefined) return { wants };

  const problems: Problem[] = [];
  // A file that includes itself is read several times.
  const report = (problem: Problem) => {
    if (!problems.some((known) => isDeepStrictEqual(known, problem))) problems.push(problem);
  };
  const written = readArguments(argv).flatMap((entry) => expandEntry(entry, { machine, report }));
  const isComplete = !problems.some(isError);
  const draft = draftConfig([...written, ...readEnvironment(machine)], report);
  // What a file that cannot be read would have set is not missing on top of that.
  if (!isComplete) throw new ConfigError(problems);
  const config = settleConfig(draft, machine, report);

  if (problems.some(isError)) throw new ConfigError(problems);
  return {
    wants: "run",
    config,
    origins: findOrigins(draft, config),
    warnings: problems,
    withoutEffect: findWithoutEffect(draft),
  };
}

function readEnvironment({ env }: Machine): readonly Entry[] {
  const servers = env[SERVERS_VARIABLE];
  return servers === undefined
    ? []
    : [readEntry(toByteString(`server=${servers}`), { file: SERVERS_VARIABLE })];
}

/** Values that follow from another option come from where that one was written. */
function findOrigins({ values, origins }: Draft, config: Config): Origins {
  const found = new Map(origins);
  const derive = (name: OptionName, from: OptionName) => found.set(name, origins.get(from) ?? []);
  if (config.encryption && config.keyfile !== undefined) derive("key", "keyfile");
  if (config.loadCpuMulti > 0) {
    for (const limit of LOAD_LIMITS) if (!values.has(limit)) derive(limit, "load_cpu_multi");
  }
  return found;
}

function findWithoutEffect({ values }: Draft): readonly WorkerOption[] {
  const rows: readonly WorkerOption[] = WORKER_OPTIONS;
  return rows.filter(({ name, effect }) => effect === "none" && values.has(name));
}
