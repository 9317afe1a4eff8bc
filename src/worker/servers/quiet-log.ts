import type { Log } from "../../log.ts";

/** Of several connections to one job server, one says at the usual level what happens to it. */
export function quiet(log: Log): Log {
  const debug = log.debug.bind(log);
  return { trace: log.trace.bind(log), debug, info: debug, warn: debug, error: log.error.bind(log) };
}
