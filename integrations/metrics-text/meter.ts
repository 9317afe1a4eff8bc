/** A metric as Prometheus knows it. */
export interface MeterRow {
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  readonly labels?: readonly string[];
}

/**
 * The metrics of a small program, by the keys of its table. A counter without labels is there from the start,
 * so that its first increase is seen.
 */
export class Meter<Key extends string> {
  readonly #rows: Readonly<Record<Key, MeterRow>>;
  readonly #values = new Map<string, number>();

  constructor(rows: Readonly<Record<Key, MeterRow>>) {
    this.#rows = rows;
    for (const { name, type, labels = [] } of Object.values<MeterRow>(rows))
      if (type === "counter" && labels.length === 0) this.#values.set(name, 0);
  }

  /** `values` are those of the row's labels, in their order. */
  add(key: Key, by = 1, ...values: readonly string[]): void {
    const series = this.#series(key, values);
    this.#values.set(series, (this.#values.get(series) ?? 0) + by);
  }

  set(key: Key, value: number, ...values: readonly string[]): void {
    this.#values.set(this.#series(key, values), value);
  }

  value(key: Key, ...values: readonly string[]): number | undefined {
    return this.#values.get(this.#series(key, values));
  }

  /** In the text format of Prometheus. */
  render(): string {
    return Object.values<MeterRow>(this.#rows)
      .map(({ name, type, help }) => {
        const samples = [...this.#values].filter(([series]) => series.replace(/\{.*$/s, "") === name);
        const lines = samples.map(([series, value]) => `${series} ${value}\n`);
        return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
      })
      .join("");
  }

  #series(key: Key, values: readonly string[]): string {
    const { name, labels = [] } = this.#rows[key];
    if (labels.length === 0) return name;
    const pairs = labels.map((label, at) => `${label}="${escapeLabel(values[at] ?? "")}"`);
    return `${name}{${pairs.join(",")}}`;
  }
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
