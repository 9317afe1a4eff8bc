import type { WorkerLog } from "../../log.ts";

/** TERM and INT end the program, USR1 opens its log file anew. */
export function followSignals(program: string, log: WorkerLog, ending: AbortController): Disposable {
  const end = () => ending.abort();
  const reopen = () => {
    try {
      log.reopen();
    } catch (error) {
      log.error({ err: error }, "cannot open the log file anew: the old one stays in use");
    }
  };
  const explain = () => log.warn(`got SIGHUP: the ${program} reads its configuration at its start only`);
  const signals = [
    ["SIGTERM", end],
    ["SIGINT", end],
    ["SIGUSR1", reopen],
    ["SIGHUP", explain],
  ] as const;
  for (const [signal, handle] of signals) process.on(signal, handle);
  return {
    [Symbol.dispose]() {
      for (const [signal, handle] of signals) process.off(signal, handle);
    },
  };
}
