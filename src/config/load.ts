import { toByteString } from "../byte-string.ts";
import { createOptionFinder, type OptionFinder } from "./find-option.ts";
import type { Machine } from "./machine.ts";
import type { ConfigOption } from "./option.ts";
import { ConfigError, isError, type Origin, type Problem } from "./problem.ts";
import { readArguments } from "./read/arguments.ts";
import { ReadBudget } from "./read/budget.ts";
import { type Draft, draftConfig } from "./read/draft.ts";
import { type ConfigEntry, readEntry } from "./read/entry.ts";
import { findInfoRequest, type InfoRequest } from "./read/info-request.ts";
import { Problems } from "./read/problems.ts";
import { expandEntry } from "./read/read-file.ts";
import { readVariables, type VariableEntries } from "./read/variables.ts";
import { type ConfigTable, optionsOf } from "./table.ts";

/** Where the values of each option were written, by its name. Nothing there: the default. */
export type Origins = ReadonlyMap<string, readonly Origin[]>;

/** The result of a command line with its files and the environment. */
export type Loaded<Config> = { readonly wants: InfoRequest } | LoadedConfig<Config>;

export interface LoadedConfig<Config> {
  readonly wants: "run";
  readonly config: Config;
  readonly origins: Origins;
  readonly warnings: readonly Problem[];
  /** Options that were given but change nothing in this program; each says why. */
  readonly withoutEffect: readonly ConfigOption[];
}

/** Throws a ConfigError with all problems at once. */
export function loadConfig<Config>(
  table: ConfigTable<Config>,
  argv: readonly string[],
  machine: Machine,
): Loaded<Config> {
  const wants = findInfoRequest(argv);
  if (wants !== undefined) return { wants };

  const problems = new Problems();
  const { report } = problems;
  const options = optionsOf(table.groups);
  const finder = createOptionFinder(options);
  const reading = { budget: new ReadBudget(), open: [], unread: [] as string[] };
  const { variables } = table;
  const ofVariables = variables && readVariables({ variables, options, finder, machine, report });
  const written = inOrder(readArguments(argv), finder, ofVariables).flatMap((entry) =>
    expandEntry(entry, { ...reading, finder, machine, report }),
  );
  const isComplete = !problems.list.some(isError) && reading.unread.length === 0;
  const draft = draftConfig([...written, ...readEnvironment(options, machine)], {
    finder,
    problems,
    cwd: machine.cwd,
  });
  const { config, derived = new Map() } = table.complete(draft, {
    machine,
    // An option is not missing if the file that may set it cannot be read.
    report: isComplete ? report : (problem) => problem.file !== undefined && report(problem),
  });

  if (problems.list.some(isError)) throw new ConfigError(problems.list);
  return {
    wants: "run",
    config: freeze(config),
    origins: findOrigins(draft, derived),
    warnings: problems.list,
    withoutEffect: options.filter(({ name, effect }) => effect === "none" && draft.values.has(name)),
  };
}

/**
 * Files, environment, command line. Arguments in front of a file count before it, as they are written before
 * it. A file of the environment is for a command line without any.
 */
function inOrder(
  given: readonly ConfigEntry[],
  { find }: OptionFinder,
  variables: VariableEntries = { files: [], values: [] },
): readonly ConfigEntry[] {
  const end = given.findLastIndex(({ key }) => find(key)?.effect === "include") + 1;
  const files = end === 0 ? variables.files : given.slice(0, end);
  return [...files, ...variables.values, ...given.slice(end)];
}

function readEnvironment(options: readonly ConfigOption[], { env }: Machine): readonly ConfigEntry[] {
  return options.flatMap(({ name, variable }) => {
    const text = variable === undefined ? undefined : env[variable];
    if (variable === undefined || text === undefined) return [];
    return [readEntry(toByteString(`${name}=${text}`), { file: variable })];
  });
}

/** A value that follows from another option comes from where that one was written. */
function findOrigins({ origins }: Draft, derived: ReadonlyMap<string, string>): Origins {
  return new Map([
    ...origins,
    ...[...derived].map(([name, from]) => [name, origins.get(from) ?? []] as const),
  ]);
}

function freeze<Config>(config: Config): Config {
  for (const value of Object.values(config ?? {})) {
    if (Array.isArray(value)) value.forEach(Object.freeze);
    Object.freeze(value);
  }
  return Object.freeze(config);
}
