import type { Config } from "../config/config.ts";
import { ConfigError, isError, renderForLog } from "../config/problem.ts";
import type { Log } from "../log.ts";
import type { Worker } from "./worker.ts";

export interface SignalOptions {
  readonly worker: Pick<Worker, "running" | "reload" | "stop" | "kill">;
  readonly log: Log;
  /** Reads the configuration again. Throws if it cannot be used. */
  readonly reload: () => Config;
}

/**
 * HUP reloads. TERM and INT end the worker after its running jobs; a second one ends it at once, and gearmand
 * gives those jobs to others. `ended` resolves with whether every result was delivered.
 */
export function handleSignals({ worker, log, reload }: SignalOptions): { readonly ended: Promise<boolean> } {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  let isEnding = false;
  const end = (name: NodeJS.Signals) => {
    if (isEnding) {
      log.warn(`got ${name} again, quitting at once`);
      worker.kill();
      return;
    }
    isEnding = true;
    log.info(`got ${name}, finishing ${worker.running} running jobs`);
    worker.stop().then(resolve, reject);
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  process.on("SIGHUP", () => !isEnding && reloadWorker(worker, log, reload));
  return { ended: promise };
}

function reloadWorker(worker: SignalOptions["worker"], log: Log, reload: () => Config): void {
  log.info("got SIGHUP, reloading configuration");
  try {
    const { live, reconnect, restart } = worker.reload(reload());
    const changed = [...live, ...reconnect];
    log.info(`reloading config was successful, changed: ${changed.join(", ") || "nothing"}`);
    if (restart.length > 0) log.warn(`these changes need a restart of the worker: ${restart.join(", ")}`);
  } catch (error) {
    logFailure(log, error);
  }
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
