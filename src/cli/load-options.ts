import { BUILTIN_SETTINGS } from "../../plugins/settings.ts";
import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { thisMachine } from "../config/machine.ts";
import { ConfigError, renderProblem } from "../config/problem.ts";
import { COMMAND_LINE } from "../config/read/arguments.ts";
import { commandTable } from "../config/worker/table.ts";
import type { Io } from "./io.ts";

/** Options as those of worker.conf; undefined: they are a question, as `--help` is. A file's warnings are its worker's to tell. */
export function loadOptions(options: readonly string[], io: Io): Config | undefined {
  const loaded = loadConfig(commandTable(BUILTIN_SETTINGS), options, { ...thisMachine(), env: io.env });
  if (loaded.wants !== "run") return undefined;
  for (const warning of loaded.warnings)
    if (warning.file === COMMAND_LINE.file) io.stderr(`${renderProblem(warning)}\n`);
  return loaded.config;
}

/** Tells what is wrong with options. Anything but that is a fault of ours. */
export function reportConfigError(error: unknown, io: Io): void {
  if (!(error instanceof ConfigError)) throw error;
  io.stderr(`${error.message}\n`);
}
