import type { Log } from "../../log.ts";
import { LogThrottle } from "../../worker/log-throttle.ts";

/** The folder of the worker's source, or of what is built from it. */
const OWN_FOLDER = new URL("../../../", import.meta.url).href;

/**
 * Handles errors that nothing catches: thrown in a callback, an "error" event without a listener, a rejected
 * promise without a handler. Node.js would end the process; the job would go to the next worker and end that
 * one too. An error whose stack has nothing of the worker is logged. After an error of the worker itself it
 * is unknown what still works: `end` is called when the log has it. A site's checks have threads of their
 * own.
 */
export function handleUncaughtErrors(log: Log, end: () => void): Disposable {
  const throttle = new LogThrottle(log);
  const handle = (error: unknown) => {
    const { message, stack } = readError(error);
    if (!stack.includes(OWN_FOLDER)) {
      throttle.error("stray", { stack }, `nobody waits for this error: ${message}`);
    } else {
      log.error({ stack }, `the worker has a fault and ends: ${message}`);
      end();
    }
  };
  process.on("uncaughtException", handle);
  return { [Symbol.dispose]: () => void process.off("uncaughtException", handle) };
}

function readError(error: unknown): { readonly message: string; readonly stack: string } {
  if (!(error instanceof Error)) return { message: String(error), stack: "" };
  return { message: error.message, stack: error.stack ?? "" };
}
