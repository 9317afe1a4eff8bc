import type { QueueAnswer } from "../worker/work-queues.ts";
import type { SeriesStore } from "./series.ts";

/** So many queues of a job server are told. */
const MAX_QUEUES = 500;

/** Sets how many jobs wait in the queues. A job server that did not answer has no series. */
export function setQueueMetrics(store: SeriesStore, answers: readonly QueueAnswer[]): void {
  for (const key of ["queueWaiting", "queueRunning", "queueWorkers"] as const) store.clear(key);
  for (const answer of answers) {
    if (answer.kind === "silent") continue;
    for (const { server, queue, waiting, running, workers } of answer.queues.slice(0, MAX_QUEUES)) {
      store.set("queueWaiting", [server, queue], waiting);
      store.set("queueRunning", [server, queue], running);
      store.set("queueWorkers", [server, queue], workers);
    }
  }
}
