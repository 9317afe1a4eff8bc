/** What a value is measured in, by Grafana's names. */
export type Unit = "short" | "none" | "s" | "percentunit" | "bytes" | "ops" | "cps" | "dateTimeAsIso";

/** One query of a panel. */
export interface Query {
  readonly expr: string;
  /** Grafana's template for a series, `{{queue}}`. */
  readonly legend: string;
}

/** How a panel shows its queries. */
export type Show =
  /** One number, red from `alarm` on. */
  | { readonly kind: "number"; readonly alarm?: number }
  /** Lines over time. */
  | { readonly kind: "lines" }
  /** Areas on one another; `percent`: of their sum. */
  | { readonly kind: "areas"; readonly stacking: "normal" | "percent" }
  /** Values 0, 1, 2 … over time, each in a word. */
  | { readonly kind: "states"; readonly words: readonly Word[] }
  /** A row for each series as it is now; a query is a column of this title. */
  | { readonly kind: "table"; readonly columns: readonly string[]; readonly hidden: readonly string[] };

interface Word {
  readonly text: string;
  readonly color: "green" | "yellow" | "orange" | "red";
}

export interface Panel {
  readonly title: string;
  readonly about: string;
  readonly show: Show;
  readonly unit: Unit;
  /** In 24ths of the width. */
  readonly width: number;
  readonly queries: readonly Query[];
}

export interface Row {
  readonly title: string;
  readonly isFolded?: boolean;
  readonly panels: readonly Panel[];
}

/** The series of the chosen workers, and of the chosen queues. */
export const WORKERS = 'job=~"$job",instance=~"$instance"';
export const QUEUES = `${WORKERS},queue=~"$queue"`;

/** The usual range of a rate: Grafana makes it fit to the interval of scraping. */
export const RATE = "[$__rate_interval]";

type Text = Pick<Panel, "title" | "about" | "unit">;

export function number(text: Text, expr: string, alarm?: number): Panel {
  const show = { kind: "number", ...(alarm !== undefined && { alarm }) } as const;
  return { ...text, show, width: 3, queries: [{ expr, legend: "" }] };
}

export function lines(text: Text, ...queries: readonly Query[]): Panel {
  return { ...text, show: { kind: "lines" }, width: 8, queries };
}

export function areas(text: Text, stacking: "normal" | "percent", ...queries: readonly Query[]): Panel {
  return { ...text, show: { kind: "areas", stacking }, width: 8, queries };
}

export function query(expr: string, legend: string): Query {
  return { expr, legend };
}

/** A quantile of a histogram whose buckets are rated and summed by these labels. */
export function quantile(share: number, name: string, by: { series: string; labels?: string }): string {
  const labels = [by.labels, "le"].filter((label) => label !== undefined).join(", ");
  return `histogram_quantile(${share}, sum by (${labels}) (rate(${name}_bucket{${by.series}}${RATE})))`;
}
