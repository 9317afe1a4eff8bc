import { setTimeout as pause } from "node:timers/promises";
import { readStatus } from "../../src/gearman/admin.ts";

const PATIENCE_MS = 60_000;
/** The pool is complete when the count of registered workers has not changed for so long. */
const STEADY_MS = 500;

/** What is waited for, how often gearmand is asked, and what is wrong when it does not come. */
const COMPLETE = { everyMs: 50, otherwise: "nobody offered the queue" } as const;
/** The moment itself is measured. */
const FIRST = { ...COMPLETE, everyMs: 2 } as const;
const GONE = { everyMs: 20, otherwise: "workers were still registered for the queue" } as const;

/** Waits until workers have registered for the queue and no more come. */
export async function allRegistered(port: number, queue: string, signal: AbortSignal): Promise<void> {
  let last = 0;
  let since = performance.now();
  await untilCount({ port, queue, signal, ...COMPLETE }, (workers) => {
    if (workers !== last) since = performance.now();
    last = workers;
    return workers > 0 && performance.now() - since > STEADY_MS;
  });
}

/** Waits until the first worker has registered for the queue. */
export async function firstRegistered(port: number, queue: string, signal: AbortSignal): Promise<void> {
  await untilCount({ port, queue, signal, ...FIRST }, (workers) => workers > 0);
}

/** Waits until gearmand has noticed that all workers of the queue are gone. */
export async function noneRegistered(port: number, queue: string, signal: AbortSignal): Promise<void> {
  await untilCount({ port, queue, signal, ...GONE }, (workers) => workers === 0);
}

interface Watch {
  readonly port: number;
  readonly queue: string;
  readonly signal: AbortSignal;
  readonly everyMs: number;
  readonly otherwise: string;
}

async function untilCount(
  { port, queue, signal, everyMs, otherwise }: Watch,
  isReached: (workers: number) => boolean,
): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (performance.now() < end) {
    const status = await readStatus({ host: "127.0.0.1", port });
    if (isReached(status.find((row) => row.queue === queue)?.workers ?? 0)) return;
    await pause(everyMs, undefined, { signal });
  }
  throw new Error(`${otherwise} ${queue} within ${PATIENCE_MS / 1000} s`);
}
