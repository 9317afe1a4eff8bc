import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { PERFDATA_METRICS, type PerfdataMetric } from "../../integrations/influxdb/render-metrics.ts";
import type { MeterRow } from "../../integrations/metrics-text/meter.ts";
import { BOT_METRICS } from "../../integrations/zulip/bot/bot-metrics.ts";
import { NOTIFIER_METRICS } from "../../integrations/zulip/notify/notifier-metrics.ts";
import type { Alert } from "../../src/metrics/alerts/alert.ts";
import { ALERT_GROUPS } from "../../src/metrics/alerts/alerts.ts";
import { renderRules } from "../../src/metrics/alerts/render-rules.ts";
import { renderRunbook } from "../../src/metrics/alerts/render-runbook.ts";
import { ROWS, renderDashboard } from "../../src/metrics/dashboard/dashboard.ts";
import { MetricsRegistry } from "../../src/metrics/registry.ts";
import { SeriesStore } from "../../src/metrics/series.ts";
import { METRICS, type MetricRow } from "../../src/metrics/table.ts";
import { readNames } from "./promql.ts";

/** What Prometheus adds to every series, and the series it makes itself. */
const OF_PROMETHEUS = ["job", "instance"];
const ITS_OWN: Readonly<Record<string, readonly string[]>> = { up: [], ALERTS: ["alertname", "alertstate"] };

const ALERTS: readonly Alert[] = ALERT_GROUPS.flatMap(({ alerts }) => alerts);
const PANELS = ROWS.flatMap(({ panels }) => panels);

/** What the programs beside the workers serve: names with their labels, of perfdata as it renders them. */
const OF_PROGRAMS: readonly (readonly [string, readonly string[]])[] = [
  ...Object.values<MeterRow>(NOTIFIER_METRICS),
  ...Object.values<MeterRow>(BOT_METRICS),
]
  .map(({ name, labels = [] }) => [name, labels] as const)
  .concat(PERFDATA_METRICS.map((metric) => [metric.name, labelsOf(metric)] as const));

/** A job server and a target are enough for a sample of each. */
function labelsOf({ samples }: PerfdataMetric): readonly string[] {
  const counts = { jobs: 0, unreadable: 0, records: 0, faulty: 0, items: 0, skipped: 0 };
  const sink = { lines: 0, batches: 0, bytes: 0, rejected: 0, tooOld: 0, failures: 0, kept: 0 };
  const backlog = { entries: 0, bytes: 0, oldest: undefined };
  const status = {
    counts,
    held: { jobs: 0, bytes: 0 },
    pnp: undefined,
    servers: [{ server: "a:4730", isConnected: true, isSilent: false }],
    targets: [{ name: "main", isUp: true, counts: sink, backlog }],
  };
  const [[text = ""] = []] = samples(status, 0);
  return [...text.matchAll(/(\w+)="/g)].map(([, label = ""]) => label);
}

/** Every name that a worker or a program beside it serves, with its labels. */
let known: ReadonlyMap<string, readonly string[]>;
beforeAll(async () => {
  const text = await new MetricsRegistry(new SeriesStore()).render();
  const others = [...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)].flatMap(([, name = "", type = ""]) =>
    namesOf({ name, type }).map((each) => [each, []] as const),
  );
  const ours = Object.values<MetricRow>(METRICS).flatMap((row) =>
    namesOf(row).map(
      (each) => [each, each.endsWith("_bucket") ? [...row.labels, "le"] : row.labels] as const,
    ),
  );
  known = new Map([...others, ...Object.entries(ITS_OWN), ...OF_PROGRAMS, ...ours]);
});

function namesOf({ name, type }: { readonly name: string; readonly type: string }): readonly string[] {
  return type === "histogram" ? ["_bucket", "_sum", "_count"].map((suffix) => name + suffix) : [name];
}

/** What a query names and no worker serves. */
function unknownIn(query: string, shown: readonly string[] = []): readonly string[] {
  const { selectors, groupedBy } = readNames(query);
  const lacking = selectors.flatMap(({ metric, labels }) => {
    const has = known.get(metric);
    if (has === undefined) return [metric];
    return labels
      .filter((label) => ![...has, ...OF_PROMETHEUS].includes(label))
      .map((label) => `${metric}{${label}}`);
  });
  const all = [...OF_PROMETHEUS, ...selectors.flatMap(({ metric }) => known.get(metric) ?? [])];
  return [...lacking, ...[...groupedBy, ...shown].filter((label) => !all.includes(label))];
}

describe("names that no worker serves are found", () => {
  it.each<[query: string, unknown: readonly string[]]>([
    ["gearman_worker_outbox_result > 0", ["gearman_worker_outbox_result"]],
    ["sum(rate(gearman_worker_job_latency_seconds[5m]))", ["gearman_worker_job_latency_seconds"]],
    ['gearman_queue_jobs_waiting{queu="a"}', ["gearman_queue_jobs_waiting{queu}"]],
    ["sum by (ques) (gearman_queue_jobs_waiting)", ["ques"]],
    ['omd_perfdata_target_up{server="a"}', ["omd_perfdata_target_up{server}"]],
    ["zulip_notifier_failures", ["zulip_notifier_failures"]],
    ["nodejs_eventloop_lag_p98_seconds", ["nodejs_eventloop_lag_p98_seconds"]],
    ["nodejs_eventloop_lag_p99_seconds and gearman_worker_build_info", []],
  ])("%s", (query, unknown) => expect(unknownIn(query)).toEqual(unknown));
});

describe("an alert", () => {
  it.each(ALERTS)("$name names metrics and labels that a worker serves", (alert) => {
    const texts = [alert.summary, alert.description, alert.action].join();
    const shown = [...texts.matchAll(/\$labels\.(\w+)/g)].map(([, label = ""]) => label);
    expect(unknownIn(alert.when.join("\n"), shown)).toEqual([]);
  });

  it.each(ALERTS)("$name says what is so, and what to do", ({ summary, description, action }) => {
    for (const text of [description, action]) expect(text).toMatch(/^[A-Z`{].*[.)]$/);
    expect(summary).toMatch(/[^.]$/);
    expect(summary.length).toBeLessThan(110);
  });

  it("has a name of its own", () => {
    const names = ALERTS.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    for (const { action, description } of ALERTS)
      for (const [name] of `${action} ${description}`.matchAll(/Omd[A-Z]\w+/g)) expect(names).toContain(name);
  });
});

describe("the dashboard", () => {
  it.each(
    PANELS.flatMap(({ title, queries }) => queries.map(({ expr, legend }) => ({ title, expr, legend }))),
  )("shows in $title metrics and labels that a worker serves: $expr", ({ expr, legend }) => {
    const shown = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = ""]) => label);
    expect(unknownIn(expr, shown)).toEqual([]);
  });

  it("shows every metric of the worker", () => {
    const shown = PANELS.flatMap(({ queries }) => queries.flatMap(({ expr }) => readNames(expr).selectors));
    const names = new Set(shown.map(({ metric }) => metric));
    const missing = Object.values<MetricRow>(METRICS).filter(
      (row) => !namesOf(row).some((each) => names.has(each)),
    );
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  it("asks variables and annotations for what a worker serves", () => {
    const { templating, annotations } = JSON.parse(renderDashboard());
    const labels = (templating.list as { definition?: string }[]).flatMap(({ definition = "" }) => [
      ...definition.matchAll(/^label_values\((.*), (\w+)\)$/g),
    ]);
    expect(labels).toHaveLength(3);
    for (const [, query = "", label = ""] of labels) expect(unknownIn(query, [label])).toEqual([]);
    for (const { expr } of annotations.list) expect(unknownIn(expr)).toEqual([]);
  });

  it("gives each panel a place of its own within the width", () => {
    const { panels } = JSON.parse(renderDashboard()) as {
      panels: { id: number; gridPos: Record<"x" | "y" | "w" | "h", number>; panels?: { id: number }[] }[];
    };
    const ids = panels.flatMap(({ id, panels: folded = [] }) => [id, ...folded.map((each) => each.id)]);
    expect(ids).toEqual([...new Set(ids)]);
    for (const { gridPos: a } of panels) {
      expect(a.x + a.w).toBeLessThanOrEqual(24);
      const others = panels.filter(({ gridPos: b }) => b !== a);
      const covered = others.filter(
        ({ gridPos: b }) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h,
      );
      expect(covered).toEqual([]);
    }
  });
});

describe("a file that is shipped is what the worker prints:", () => {
  it.each<[path: string, render: () => string]>([
    ["monitoring/prometheus/omd-worker.rules.yaml", renderRules],
    ["monitoring/grafana/omd-worker.json", renderDashboard],
    ["docs/alerts.md", renderRunbook],
  ])("%s", (path, render) => expect(readFileSync(path, "utf8")).toBe(render()));
});
