import { isUtf8 } from "node:buffer";
import { type ByteString, fromByteString } from "../byte-string.ts";
import { METRICS, type MetricKey, type MetricRow } from "./table.ts";

/** One line of Prometheus' text format. */
export interface Sample {
  /** What follows the metric's name: `_bucket`, `_sum`, `_count`, or nothing. */
  readonly suffix: "" | "_bucket" | "_sum" | "_count";
  /** As text. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A counter or a gauge with its label values. */
export class Tally {
  value = 0;

  inc(by = 1): void {
    this.value += by;
  }
}

/** A histogram with its label values. */
export class Distribution {
  readonly #bounds: readonly number[];
  /** How many values lie between a bound and the one before; the last is for those above all bounds. */
  readonly #counts: number[];
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  observe(value: number): void {
    let at = 0;
    while (at < this.#bounds.length && value > (this.#bounds[at] ?? 0)) at += 1;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sum += value;
  }

  samples(labels: Sample["labels"]): readonly Sample[] {
    let count = 0;
    const buckets = this.#counts.map((more, at): Sample => {
      count += more;
      const le = at < this.#bounds.length ? String(this.#bounds[at]) : "+Inf";
      return { suffix: "_bucket", labels: { ...labels, le }, value: count };
    });
    return [
      ...buckets,
      { suffix: "_sum", labels, value: this.#sum },
      { suffix: "_count", labels, value: count },
    ];
  }
}

type SeriesOf<Row extends MetricRow> = Row["type"] extends "histogram" ? Distribution : Tally;

/**
 * The values of all metrics. A series is looked up once and kept by what counts: to count costs an addition.
 */
export class SeriesStore {
  readonly #families = new Map<
    MetricKey,
    Map<string, { readonly labels: readonly ByteString[]; readonly series: Tally | Distribution }>
  >();

  /** The series of a metric with these label values, byte strings, in the order of its row. */
  series<Key extends MetricKey>(key: Key, ...labels: readonly ByteString[]): SeriesOf<(typeof METRICS)[Key]> {
    const family = this.#families.get(key) ?? new Map();
    this.#families.set(key, family);
    const id = labels.join("\n");
    const known = family.get(id);
    if (known !== undefined) return known.series;
    const row: MetricRow = METRICS[key];
    const series = row.type === "histogram" ? new Distribution(row.buckets ?? []) : new Tally();
    family.set(id, { labels, series });
    return series as SeriesOf<(typeof METRICS)[Key]>;
  }

  set(key: MetricKey, labels: readonly ByteString[], value: number): void {
    const series: Tally | Distribution = this.series(key, ...labels);
    if (series instanceof Tally) series.value = value;
  }

  /** Sets all series of a gauge to 0. */
  zero(key: MetricKey): void {
    for (const { series } of this.#families.get(key)?.values() ?? [])
      if (series instanceof Tally) series.value = 0;
  }

  /** Forgets the series of a metric: those that are not set again are gone. */
  clear(key: MetricKey): void {
    this.#families.delete(key);
  }

  samples(key: MetricKey): readonly Sample[] {
    const names = METRICS[key].labels;
    return [...(this.#families.get(key)?.values() ?? [])].flatMap(({ labels, series }) => {
      const named = Object.fromEntries(names.map((name, at) => [name, readLabel(labels[at] ?? "")]));
      return series instanceof Tally
        ? [{ suffix: "" as const, labels: named, value: series.value }]
        : series.samples(named);
    });
  }
}

/** Bytes that are no UTF-8 are shown as `\xe9`, so that two names stay two. */
function readLabel(bytes: ByteString): string {
  if (!/[\x80-\xff]/.test(bytes)) return bytes;
  if (isUtf8(Buffer.from(bytes, "latin1"))) return fromByteString(bytes);
  return bytes.replace(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
}
