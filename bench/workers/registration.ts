import { setTimeout as pause } from "node:timers/promises";
import { readStatus } from "../../src/gearman/admin.ts";

const POLL_MS = 50;
const PATIENCE_MS = 20_000;
/** The pool is complete when the count of registered workers has not changed for so long. */
const STEADY_MS = 500;

/** Waits until workers have registered for the queue and no more come. */
export async function workersRegistered(port: number, queue: string, signal: AbortSignal): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  let last = 0;
  let since = performance.now();
  while (performance.now() < end) {
    const status = await readStatus({ host: "127.0.0.1", port });
    const now = status.find((row) => row.queue === queue)?.workers ?? 0;
    if (now !== last) since = performance.now();
    last = now;
    if (last > 0 && performance.now() - since > STEADY_MS) return;
    await pause(POLL_MS, undefined, { signal });
  }
  throw new Error(`nobody offered the queue ${queue} within ${PATIENCE_MS / 1000} s`);
}
