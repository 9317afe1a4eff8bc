import type { WorkerLog } from "../../log.ts";

export interface SignalsOptions {
  readonly log: WorkerLog;
  readonly ending: AbortController;
  readonly reload: () => void;
}

/** TERM and INT end the program, HUP lets it read its configuration again, USR1 opens its log file anew. */
export function followSignals({ log, ending, reload }: SignalsOptions): Disposable {
  const end = () => ending.abort();
  const reopen = () => {
    try {
      log.reopen();
    } catch (error) {
      log.error({ err: error }, "cannot open the log file anew: the old one stays in use");
    }
  };
  const signals = [
    ["SIGTERM", end],
    ["SIGINT", end],
    ["SIGUSR1", reopen],
    ["SIGHUP", reload],
  ] as const;
  for (const [signal, handle] of signals) process.on(signal, handle);
  return {
    [Symbol.dispose]() {
      for (const [signal, handle] of signals) process.off(signal, handle);
    },
  };
}
