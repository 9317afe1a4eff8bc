import { fromByteString } from "../../byte-string.ts";
import type { QueueAnswer, WorkQueue } from "../../worker/work-queues.ts";

export interface PageQueues {
  /** The fullest first, their names as text; at most 500. */
  readonly queues: readonly WorkQueue[];
  /** Queues beyond those. */
  readonly more: number;
  /** Job servers that did not answer, and why. */
  readonly silent: readonly { readonly server: string; readonly reason: string }[];
}

const MAX_QUEUES = 500;

/** What viewers see of the answers of all job servers. */
export function showQueues(answers: readonly QueueAnswer[]): PageQueues {
  const queues = answers.flatMap((answer) => (answer.kind === "told" ? answer.queues : []));
  const inOrder = queues.toSorted((a, b) => b.waiting - a.waiting || b.running - a.running || byName(a, b));
  return {
    queues: inOrder.slice(0, MAX_QUEUES).map((one) => ({ ...one, queue: fromByteString(one.queue) })),
    more: Math.max(0, queues.length - MAX_QUEUES),
    silent: answers.flatMap((answer) =>
      answer.kind === "silent" ? [{ server: answer.server, reason: answer.reason }] : [],
    ),
  };
}

function byName(a: WorkQueue, b: WorkQueue): number {
  return a.queue < b.queue ? -1 : 1;
}
