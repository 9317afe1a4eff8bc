import type { Setting } from "../../../sdk/setting.ts";
import type { Config } from "../config.ts";
import { RUN_AND_SEND_ROWS } from "../rows/run-and-send.ts";
import type { ConfigTable } from "../table.ts";
import { VARIABLE_PREFIX } from "../variables.ts";
import { completeConfig } from "./complete.ts";
import { workerGroups } from "./options.ts";

const VARIABLES = { prefix: VARIABLE_PREFIX, others: RUN_AND_SEND_ROWS };

/** The worker. `settings` are those of the families of checks it is started with. */
export function workerTable(settings: readonly Setting[]): ConfigTable<Config> {
  return {
    groups: workerGroups(settings),
    variables: VARIABLES,
    complete: (draft, context) => completeConfig(draft, context, { settings, takesJobs: true }),
  };
}

/** Commands that read the worker's worker.conf and talk to no job server: check, plugin, shadow. */
export function commandTable(settings: readonly Setting[]): ConfigTable<Config> {
  return {
    groups: workerGroups(settings),
    variables: VARIABLES,
    complete: (draft, context) => completeConfig(draft, context, { settings, takesJobs: false }),
  };
}
