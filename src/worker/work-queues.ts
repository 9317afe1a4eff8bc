import { readStatus } from "../gearman/admin.ts";
import { renderServerAddress, type ServerAddress } from "../gearman/server-address.ts";
import { isStatusQueue } from "./servers/server-settings.ts";

/** A queue of a job server, with how many jobs and workers it has. */
export interface WorkQueue {
  /** `host:port` */
  readonly server: string;
  /** A byte string. */
  readonly queue: string;
  /** Jobs that no worker has taken yet. */
  readonly waiting: number;
  readonly running: number;
  readonly workers: number;
}

/**
 * Asks a job server for its queues, without the status queues: each worker has one, and they say nothing
 * about work. Rejects with an AdminError.
 */
export async function readWorkQueues(
  address: ServerAddress,
  options: { readonly timeoutMs: number },
): Promise<readonly WorkQueue[]> {
  const server = renderServerAddress(address);
  const queues = await readStatus(address, options);
  return queues
    .filter(({ queue }) => !isStatusQueue(queue))
    .map(({ queue, total, running, workers }) => {
      const waiting = Math.max(0, total - running);
      return { server, queue, waiting, running, workers };
    });
}
