import type { ByteString } from "../byte-string.ts";
import type { QueueAnswer, WorkQueue } from "../worker/work-queues.ts";
import type { SeriesStore } from "./series.ts";

/** So many queues of a job server are told. */
const MAX_QUEUES = 500;

/**
 * Sets how many jobs wait in the queues, and in all of the worker's own together: an autoscaler that reads
 * one number needs their sum. A job server that did not answer has no series.
 */
export function setQueueMetrics(
  store: SeriesStore,
  answers: readonly QueueAnswer[],
  own: readonly ByteString[],
): void {
  const keys = ["queueWaiting", "queueRunning", "queueWorkers", "ownWaiting", "ownRunning"] as const;
  for (const key of keys) store.clear(key);
  const told = answers.filter((answer) => answer.kind === "told");
  for (const { queues } of told)
    for (const { server, queue, waiting, running, workers } of queues.slice(0, MAX_QUEUES)) {
      store.set("queueWaiting", [server, queue], waiting);
      store.set("queueRunning", [server, queue], running);
      store.set("queueWorkers", [server, queue], workers);
    }
  // 0 would let an autoscaler take pods away from a site whose job servers cannot be asked.
  if (told.length === 0) return;
  const served = told.flatMap(({ queues }) => queues.filter(({ queue }) => own.includes(queue)));
  store.set("ownWaiting", [], sum(served, "waiting"));
  store.set("ownRunning", [], sum(served, "running"));
}

function sum(queues: readonly WorkQueue[], what: "waiting" | "running"): number {
  return queues.reduce((all, queue) => all + queue[what], 0);
}
