import type { Log } from "../../log.ts";
import type { Worker } from "../worker.ts";
import type { Reload } from "./reload.ts";

export interface SignalOptions {
  readonly worker: Pick<Worker, "running" | "stop" | "kill">;
  readonly log: Log;
  readonly reload: Reload;
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
  process.on("SIGHUP", () => !isEnding && reload("SIGHUP"));
  return { ended: promise };
}
