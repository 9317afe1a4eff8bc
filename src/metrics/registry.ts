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

/** Node tells the time between two looks, which is the period where the loop is not late at all. */
const LOOP_DELAYS = ["min", "mean", "p50", "p90", "p99", "max"].map(
  (which) => `nodejs_eventloop_lag_${which}_seconds`,
);

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
    for (const name of LOOP_DELAYS) withoutPeriod(this.#registry.getSingleMetric(name));
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
    name,
    help,
    type,
    values: store
      .samples(key)
      .map(({ suffix, labels, value }) => ({ metricName: `${name}${suffix}`, labels, value })),
  });
  return { name, help, type, get } as unknown as Metric;
}

/** Takes the period off the values. Without a look since the last time they are no times at all: 0 then. */
function withoutPeriod(metric: Metric | undefined): void {
  if (metric === undefined) return;
  const get = metric.get.bind(metric);
  const lateness = (seconds: number) => Math.max(0, seconds - LOOP_DELAY_EVERY_MS / 1000);
  metric.get = async () => {
    const all = await get();
    const values = all.values.map((one) => ({ ...one, value: isTime(one.value) ? lateness(one.value) : 0 }));
    return { ...all, values } as typeof all;
  };
}

/** The least of no looks is the greatest number that there is, and their mean is none. */
function isTime(seconds: number): boolean {
  return seconds < LONGEST_SECONDS;
}

const LONGEST_SECONDS = 1e9;
