import { collectDefaultMetrics, type Metric, Registry } from "prom-client";
import type { SeriesStore } from "./series.ts";
import { METRICS, type MetricKey, type MetricRow } from "./table.ts";

/** How often the delay of the event loop is looked at. Each time wakes the process. */
const LOOP_DELAY_EVERY_MS = 100;

/** Gauges of prom-client that are named as counters; each has another one beside it with the same value. */
const MISNAMED = [
  "nodejs_active_handles_total",
  "nodejs_active_requests_total",
  "nodejs_active_resources_total",
];

/**
 * Renders the metrics of the store, and prom-client's own of Node.js and of the process. Only this file knows
 * prom-client. Its counters are not used: to count with them costs a microsecond each, several a job.
 */
export class MetricsRegistry {
  readonly #registry = new Registry();

  constructor(store: SeriesStore) {
    for (const [key, row] of Object.entries(METRICS))
      this.#registry.registerMetric(createMetric(store, key as MetricKey, row));
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: LOOP_DELAY_EVERY_MS });
    for (const name of MISNAMED) this.#registry.removeSingleMetric(name);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** In the text format of Prometheus. */
  render(): Promise<string> {
    return this.#registry.metrics();
  }
}

/** What prom-client asks of a metric when it renders it. */
function createMetric(store: SeriesStore, key: MetricKey, { name, help, type }: MetricRow): Metric {
  const get = async () => ({
    ...{ name, help, type },
    values: store
      .samples(key)
      .map(({ suffix, labels, value }) => ({ metricName: `${name}${suffix}`, labels, value })),
  });
  return { name, help, type, get } as unknown as Metric;
}
