import type { Log } from "../../log.ts";
import { readStack } from "../../run/site/fault.ts";
import { LogThrottle } from "../../worker/log-throttle.ts";

/** The folder of the worker's source, or of what is built from it. */
const OWN_FOLDER = new URL("../../../", import.meta.url).href;

/**
 * Handles errors that nothing catches: thrown in a callback, an "error" event without a listener, a rejected
 * promise without a handler. Node.js would end the process; the job would go to the next worker and end that
 * one too. An error of a site's check is logged, and so is one whose stack has nothing of the worker. After
 * an error of the worker itself it is unknown what still works: `end` is called when the log has it.
 */
export function handleUncaughtErrors(log: Log, end: () => void): Disposable {
  const throttle = new LogThrottle(log);
  const handle = (error: unknown) => {
    const { message, stack } = readError(error);
    const site = readStack({ stack });
    if (site !== undefined) {
      const place = `${site.path}:${site.line}`;
      const text = `${place}: ${message}: nobody waits for this error, await its promise or listen to "error"`;
      throttle.error(place, {}, text);
    } else if (!stack.includes(OWN_FOLDER)) {
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
