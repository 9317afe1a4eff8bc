import { fromByteString } from "../../byte-string.ts";
import { AdminError } from "../../gearman/admin.ts";
import { renderServerAddress, type ServerAddress } from "../../gearman/server-address.ts";
import { readWorkQueues, type WorkQueue } from "../../worker/work-queues.ts";

export interface PageQueues {
  /** The fullest first, their names as text; at most 500. */
  readonly queues: readonly WorkQueue[];
  /** Queues beyond those. */
  readonly more: number;
  /** Job servers that did not answer, and why. */
  readonly silent: readonly { readonly server: string; readonly reason: string }[];
}

const PATIENCE_MS = 1_500;
const MAX_QUEUES = 500;

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
  readonly queues: readonly WorkQueue[];
  readonly silent?: PageQueues["silent"][number];
}

async function ask(address: ServerAddress): Promise<Answer> {
  try {
    const queues = await readWorkQueues(address, { timeoutMs: PATIENCE_MS });
    return { queues: queues.map((one) => ({ ...one, queue: fromByteString(one.queue) })) };
  } catch (error) {
    const reason = error instanceof AdminError ? error.message : String(error);
    return { queues: [], silent: { server: renderServerAddress(address), reason } };
  }
}

function byName(a: WorkQueue, b: WorkQueue): number {
  return a.queue < b.queue ? -1 : 1;
}
