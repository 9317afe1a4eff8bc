import { type LoadedConfig, loadConfig } from "../../config/load.ts";
import { thisMachine } from "../../config/machine.ts";
import { ConfigError, error } from "../../config/problem.ts";
import { joinValues } from "../../config/read/join-values.ts";
import { type ConfigTable, optionsOf } from "../../config/table.ts";
import type { Io } from "../io.ts";

/** The options of a call with the files that it names. A text says what is wrong with them. */
export function loadOptions<Config>(
  table: ConfigTable<Config>,
  argv: readonly string[],
  io: Pick<Io, "env">,
): LoadedConfig<Config> | string {
  try {
    return loadAgain(table, argv, io);
  } catch (caught) {
    if (caught instanceof ConfigError) return caught.message;
    throw caught;
  }
}

/** The same as at the start. Throws a ConfigError. */
export function loadAgain<Config>(
  table: ConfigTable<Config>,
  argv: readonly string[],
  io: Pick<Io, "env">,
): LoadedConfig<Config> {
  const words = joinValues(argv, optionsOf(table.groups));
  const loaded = loadConfig(table, words, { ...thisMachine(), env: io.env });
  if (loaded.wants === "run") return loaded;
  throw new ConfigError([error(`${loaded.wants} must be the only word`)]);
}
