import type { Log } from "../../log.ts";
import type { Worker } from "../worker.ts";
import type { Reload } from "./reload.ts";

export interface SignalOptions {
  readonly worker: Pick<Worker, "running" | "stop" | "kill">;
  readonly log: Log;
  readonly reload: Reload;
  /** Opens the log file anew. Throws if that cannot be. */
  readonly reopenLog: () => void;
  /** Called when the first signal ends the worker. */
  readonly onEnd?: () => void;
}

/**
 * HUP reloads. USR1 opens the log file anew; without a listener it would open Node's debugger. TERM and INT
 * end the worker after its running jobs; a second one ends it at once, and gearmand gives those jobs to
 * others. `ended` resolves with whether every result was delivered.
 */
export function handleSignals({ worker, log, reload, reopenLog, onEnd }: SignalOptions): {
  readonly ended: Promise<boolean>;
} {
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
    onEnd?.();
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  process.on("SIGUSR1", () => reopen(log, reopenLog));
  process.on("SIGHUP", () => !isEnding && reload("SIGHUP"));
  return { ended: promise };
}

function reopen(log: Log, reopenLog: () => void): void {
  try {
    reopenLog();
    log.info("got SIGUSR1, the log is open anew");
  } catch (error) {
    log.error({ err: error }, "got SIGUSR1, cannot open the log file anew: the old one stays in use");
  }
}
