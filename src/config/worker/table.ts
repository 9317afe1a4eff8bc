import type { Setting } from "../../../sdk/setting.ts";
import type { Config } from "../config.ts";
import type { ConfigTable } from "../table.ts";
import { completeConfig } from "./complete.ts";
import { workerGroups } from "./options.ts";

/** The worker. `settings` are those of the families of checks it is started with. */
export function workerTable(settings: readonly Setting[]): ConfigTable<Config> {
  return {
    groups: workerGroups(settings),
    complete: (draft, context) => completeConfig(draft, context, { settings, takesJobs: true }),
  };
}

/** Commands that read the worker's worker.conf and talk to no job server: check, plugin, shadow. */
export function commandTable(settings: readonly Setting[]): ConfigTable<Config> {
  return {
    groups: workerGroups(settings),
    complete: (draft, context) => completeConfig(draft, context, { settings, takesJobs: false }),
  };
}
