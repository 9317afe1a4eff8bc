import { readStatus } from "../gearman/admin.ts";
import { renderServerAddress, type ServerAddress } from "../gearman/server-address.ts";
import type { SeriesStore } from "./series.ts";

/** Several who scrape at a time ask the job servers once. */
const FRESH_MS = 2_000;
const PATIENCE_MS = 2_000;
/** So many queues of a job server are told. */
const MAX_QUEUES = 500;
/** Each worker has a status queue of its own: their names would never end. */
const STATUS_QUEUE = /^worker_/;

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
    const servers = this.#servers();
    const answers = await Promise.allSettled(
      servers.map((server) => readStatus(server, { timeoutMs: PATIENCE_MS })),
    );
    for (const key of ["queueWaiting", "queueRunning", "queueWorkers"] as const) this.#store.clear(key);
    for (const [at, answer] of answers.entries()) {
      const server = servers[at];
      if (answer.status === "rejected" || server === undefined) continue;
      const name = renderServerAddress(server);
      const told = answer.value.filter(({ queue }) => !STATUS_QUEUE.test(queue)).slice(0, MAX_QUEUES);
      for (const { queue, total, running, workers } of told) {
        this.#store.set("queueWaiting", [name, queue], Math.max(0, total - running));
        this.#store.set("queueRunning", [name, queue], running);
        this.#store.set("queueWorkers", [name, queue], workers);
      }
    }
  }
}
