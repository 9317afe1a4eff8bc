import type { ServerAddress } from "../gearman/server-address.ts";
import { readWorkQueues } from "../worker/work-queues.ts";
import type { SeriesStore } from "./series.ts";

/** Several who scrape at a time ask the job servers once. */
const FRESH_MS = 2_000;
const PATIENCE_MS = 2_000;
/** So many queues of a job server are told. */
const MAX_QUEUES = 500;

/**
 * How many jobs wait in the queues of the job servers, asked for when somebody scrapes. A server that does
 * not answer has no series then.
 */
export class QueueDepth {
  readonly #store: SeriesStore;
  readonly #servers: () => readonly ServerAddress[];
  #asked: { readonly atMs: number; readonly done: Promise<void> } | undefined;

  constructor(store: SeriesStore, servers: () => readonly ServerAddress[]) {
    this.#store = store;
    this.#servers = servers;
  }

  refresh(): Promise<void> {
    const now = performance.now();
    if (this.#asked === undefined || now - this.#asked.atMs > FRESH_MS)
      this.#asked = { atMs: now, done: this.#ask() };
    return this.#asked.done;
  }

  async #ask(): Promise<void> {
    const answers = await Promise.allSettled(
      this.#servers().map((server) => readWorkQueues(server, { timeoutMs: PATIENCE_MS })),
    );
    for (const key of ["queueWaiting", "queueRunning", "queueWorkers"] as const) this.#store.clear(key);
    for (const answer of answers) {
      if (answer.status === "rejected") continue;
      for (const { server, queue, waiting, running, workers } of answer.value.slice(0, MAX_QUEUES)) {
        this.#store.set("queueWaiting", [server, queue], waiting);
        this.#store.set("queueRunning", [server, queue], running);
        this.#store.set("queueWorkers", [server, queue], workers);
      }
    }
  }
}
