import type { Log } from "../log.ts";
import { readStack } from "../run/site/fault.ts";
import { LogThrottle } from "../worker/log-throttle.ts";

/** Of the worker's source, or of what is built from it. */
const OWN_FOLDER = new URL("../../", import.meta.url).href;

/**
 * Errors nobody waits for: thrown in a callback, told to no listener, or of a forgotten promise. Node would end the process for them;
 * the job would go to the next worker and end that one, too. One of a site's check, or where nothing of ours was cut off, is told and
 * costs nothing else. After one of ours nobody knows what still works: `end` is called when the log has it.
 */
export function handleStrayErrors(log: Log, end: () => void): Disposable {
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
