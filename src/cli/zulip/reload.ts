import type { Replaceable } from "../../../integrations/zulip/programs/replaceable.ts";
import { diffValues } from "../../config/diff.ts";
import { ConfigError, isError, renderForLog } from "../../config/problem.ts";
import { type ConfigTable, optionsOf } from "../../config/table.ts";
import type { WorkerLog } from "../../log.ts";
import type { Io } from "../io.ts";
import { loadAgain } from "./load-options.ts";

/** What every program of Zulip has in its configuration. */
export interface Common {
  readonly values: Readonly<Record<string, unknown>> & {
    readonly debug: number;
    readonly logfile: string | undefined;
  };
}

export interface ReloadOptions<Config extends Common, Run extends { readonly config: Config }> {
  /** `bot` */
  readonly program: string;
  readonly table: ConfigTable<Config>;
  readonly argv: readonly string[];
  readonly io: Pick<Io, "env">;
  readonly log: WorkerLog;
  readonly running: Replaceable<Run>;
  readonly prepare: (config: Config) => Run;
  /** Why the program would not work with it. It may ask others. */
  readonly whyNot: (after: Run, before: Run) => Promise<string | undefined>;
}

/** What is wrong with a configuration that could be read. */
class Unusable extends Error {}

/**
 * Reads the configuration again, one time after the other. One that cannot be used changes nothing, and the
 * log says why.
 */
export function createReload<Config extends Common, Run extends { readonly config: Config }>(
  options: ReloadOptions<Config, Run>,
): () => void {
  const started = options.running.value.config.values;
  let last = Promise.resolve();
  return () => {
    last = last.then(() => reload(options, started));
  };
}

async function reload<Config extends Common, Run extends { readonly config: Config }>(
  options: ReloadOptions<Config, Run>,
  started: Common["values"],
): Promise<void> {
  const { program, table, argv, io, log, running, prepare, whyNot } = options;
  log.info("got SIGHUP, reloading configuration");
  const before = running.value;
  try {
    const { config, warnings } = loadAgain(table, argv, io);
    const after = prepare(config);
    const why = await whyNot(after, before);
    if (why !== undefined) throw new Unusable(why);
    log.reopen(config.values.logfile);
    log.setDebug(config.values.debug);
    for (const warning of warnings) log.warn(renderForLog(warning));
    const values = { before: before.config.values, after: config.values, started };
    const { live, reconnect, restart } = diffValues(optionsOf(table.groups), values);
    const changed = [...live, ...reconnect].join(", ") || "nothing";
    log.info(`reloading config was successful, changed: ${changed}`);
    if (restart.length > 0) log.warn(`these changes need a restart of the ${program}: ${restart.join(", ")}`);
    running.replace(after);
  } catch (error) {
    log.error(`reload config failed: the ${program} goes on with what it has read before`);
    tellFailure(error, log);
  }
}

/** A line for each problem, as at the start. */
function tellFailure(error: unknown, log: WorkerLog): void {
  if (error instanceof ConfigError)
    for (const problem of error.problems) log[isError(problem) ? "error" : "warn"](renderForLog(problem));
  else if (error instanceof Unusable) log.error(error.message);
  else log.error({ err: error }, "the configuration cannot be used");
}
