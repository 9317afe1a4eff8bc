import type { ByteString } from "../byte-string.ts";
import type { AskQueues } from "../worker/work-queues.ts";
import type { WorkerListener } from "../worker/worker-events.ts";
import type { WorkerStatus } from "../worker/worker-status.ts";
import { HandlerMetrics } from "./handler-metrics.ts";
import { JobMetrics } from "./job-metrics.ts";
import { setQueueMetrics } from "./queue-metrics.ts";
import { MetricsRegistry } from "./registry.ts";
import { SeriesStore } from "./series.ts";
import { setStateMetrics } from "./state-metrics.ts";

export interface MetricsSource {
  readonly status: () => WorkerStatus;
  readonly queues: AskQueues;
  /** The queues that the worker serves. */
  readonly own: () => readonly ByteString[];
}

/** What Prometheus is told of a worker. */
export class Metrics {
  /** To be given to the worker. */
  readonly listeners: readonly WorkerListener[];
  readonly #store = new SeriesStore();
  readonly #registry = new MetricsRegistry(this.#store);

  constructor() {
    this.listeners = [new JobMetrics(this.#store), new HandlerMetrics(this.#store)].map(
      ({ listener }) => listener,
    );
    this.#store.set("reloadSuccessful", [], 1);
    for (const result of ["reloaded", "failed"]) this.#store.series("reloads", result);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** The configuration was read again, and could be used or not. */
  reloaded(isSuccessful: boolean): void {
    this.#store.set("reloadSuccessful", [], isSuccessful ? 1 : 0);
    this.#store.series("reloads", isSuccessful ? "reloaded" : "failed").inc();
  }

  /** Gives a function that renders all metrics in the text format of Prometheus, as they are then. */
  renderer({ status, queues, own }: MetricsSource): () => Promise<string> {
    return async () => {
      setQueueMetrics(this.#store, await queues(), own());
      setStateMetrics(this.#store, status());
      return this.#registry.render();
    };
  }
}
