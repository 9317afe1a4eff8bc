import type { Io } from "../io.ts";

/**
 * The first process of a container must take in every process whose parent has ended, which Node.js cannot:
 * each would stay as a zombie. A shell can. This one starts the worker, passes its signals on, and ends with
 * it.
 */
const INIT = `trap 'kill -TERM $worker' TERM; trap 'kill -INT $worker' INT; trap 'kill -HUP $worker' HUP; trap 'kill -USR1 $worker' USR1
"$@" <&0 & worker=$!
while wait "$worker"; code=$?; kill -0 "$worker" 2>/dev/null; do :; done
exit $code`;

/** What is said if there is no shell. */
const ADVICE = "as process 1 it leaves zombies: start the container with --init";

/**
 * If this is the first process of a container, a shell takes its place, and starts this program again as its
 * child. It does not return then. If that cannot be, it gives a warning for the log.
 */
export function leaveFirstPlace(env: Io["env"]): string | undefined {
  if (process.pid !== 1) return undefined;
  const program = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  try {
    process.execve?.("/bin/sh", ["sh", "-c", INIT, "sh", ...program], { ...env });
    return ADVICE;
  } catch (error) {
    return `${ADVICE} (${error instanceof Error ? error.message : error})`;
  }
}
