import { fromByteString } from "../../byte-string.ts";
import { AdminError, type QueueStatus, readStatus } from "../../gearman/admin.ts";
import { renderServerAddress, type ServerAddress } from "../../gearman/server-address.ts";

/** A queue of a job server. */
export interface PageQueue {
  readonly server: string;
  readonly queue: string;
  readonly waiting: number;
  readonly running: number;
  readonly workers: number;
}

export interface PageQueues {
  /** The fullest first; at most 500. */
  readonly queues: readonly PageQueue[];
  /** Queues beyond those. */
  readonly more: number;
  /** Job servers that did not answer, and why. */
  readonly silent: readonly { readonly server: string; readonly reason: string }[];
}

const PATIENCE_MS = 1_500;
const MAX_QUEUES = 500;
/** Each worker has a status queue of its own: they say nothing about work. */
const STATUS_QUEUE = /^worker_/;

/** Asks the job servers what is in their queues. It never rejects. */
export async function askQueues(servers: readonly ServerAddress[]): Promise<PageQueues> {
  const answers = await Promise.all(servers.map(ask));
  const queues = answers.flatMap((answer) => answer.queues);
  const inOrder = queues.toSorted((a, b) => b.waiting - a.waiting || b.running - a.running || byName(a, b));
  return {
    queues: inOrder.slice(0, MAX_QUEUES),
    more: Math.max(0, queues.length - MAX_QUEUES),
    silent: answers.flatMap(({ silent }) => silent ?? []),
  };
}

interface Answer {
  readonly queues: readonly PageQueue[];
  readonly silent?: PageQueues["silent"][number];
}

async function ask(address: ServerAddress): Promise<Answer> {
  const server = renderServerAddress(address);
  try {
    const told = await readStatus(address, { timeoutMs: PATIENCE_MS });
    return {
      queues: told.filter(({ queue }) => !STATUS_QUEUE.test(queue)).map((one) => toQueue(server, one)),
    };
  } catch (error) {
    const reason = error instanceof AdminError ? error.message : String(error);
    return { queues: [], silent: { server, reason } };
  }
}

function toQueue(server: string, { queue, total, running, workers }: QueueStatus): PageQueue {
  return {
    ...{ server, queue: fromByteString(queue), running, workers },
    waiting: Math.max(0, total - running),
  };
}

function byName(a: PageQueue, b: PageQueue): number {
  return a.queue < b.queue ? -1 : 1;
}
