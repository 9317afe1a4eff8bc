import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { thisMachine } from "../config/machine.ts";
import { ConfigError } from "../config/problem.ts";
import type { Io } from "./io.ts";

/** What a command without a job server cannot need, but a configuration must have. */
const NO_SERVER = ["server=localhost", "encryption=no", "services=yes"];

/** Options as those of worker.conf; undefined: they are a question, as `--help` is. */
export function loadOptions(options: readonly string[], env: Io["env"]): Config | undefined {
  const loaded = loadConfig([...NO_SERVER, ...options], { ...thisMachine(), env });
  return loaded.wants === "run" ? loaded.config : undefined;
}

/** Tells what is wrong with options. Anything but that is a fault of ours. */
export function reportConfigError(error: unknown, io: Io): void {
  if (!(error instanceof ConfigError)) throw error;
  io.stderr(`${error.message}\n`);
}
