import type { Config } from "../../config/config.ts";
import type { ConfigDiff } from "../../config/diff.ts";
import { ConfigError, isError, renderForLog, renderProblem } from "../../config/problem.ts";
import type { Log } from "../../log.ts";
import type { Worker } from "../worker.ts";

/** What became of a reload. `problems` are lines for people; the worker goes on as it was. */
export type ReloadResult =
  | { readonly kind: "reloaded"; readonly changed: ConfigDiff }
  | { readonly kind: "failed"; readonly problems: readonly string[] };

export interface ReloadOptions {
  readonly worker: Pick<Worker, "reload">;
  readonly log: Log;
  /** Reads the configuration again. Throws if it cannot be used. */
  readonly read: () => Config;
}

/** Lets the worker use a new configuration, and logs what became of it. `cause` is why: `SIGHUP`. */
export type Reload = (cause: string) => ReloadResult;

export function createReload({ worker, log, read }: ReloadOptions): Reload {
  return (cause) => {
    log.info(`got ${cause}, reloading configuration`);
    try {
      const changed = worker.reload(read());
      logSuccess(log, changed);
      return { kind: "reloaded", changed };
    } catch (error) {
      logFailure(log, error);
      return { kind: "failed", problems: describe(error) };
    }
  };
}

function logSuccess(log: Log, { live, reconnect, restart }: ConfigDiff): void {
  const changed = [...live, ...reconnect];
  log.info(`reloading config was successful, changed: ${changed.join(", ") || "nothing"}`);
  if (restart.length > 0) log.warn(`these changes need a restart of the worker: ${restart.join(", ")}`);
}

/** A line for each problem, as at the start. */
function logFailure(log: Log, error: unknown): void {
  const text = "reload config failed, check your config";
  if (!(error instanceof ConfigError)) {
    log.error({ err: error }, text);
    return;
  }
  log.error(`${text}: the worker goes on with what it has read before`);
  for (const problem of error.problems)
    if (isError(problem)) log.error(renderForLog(problem));
    else log.warn(renderForLog(problem));
}

function describe(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.problems.map(renderProblem);
  return [error instanceof Error ? error.message : String(error)];
}
