import { renderRules } from "../../metrics/alerts/render-rules.ts";
import { renderRunbook } from "../../metrics/alerts/render-runbook.ts";
import { renderDashboard } from "../../metrics/dashboard/dashboard.ts";
import { renderMetricsDocs } from "../../metrics/render-docs.ts";
import { METRICS, type MetricRow } from "../../metrics/table.ts";
import { type CommandResult, unknownWord } from "../command.ts";
import type { Io } from "../io.ts";
import { renderTable } from "../render-table.ts";

const USAGE = `usage: omd-worker metrics list|rules|dashboard|docs|alerts
  list         the metrics that the worker serves with prometheus_server=HOST:PORT
  rules        alert rules for Prometheus (YAML)
  dashboard    a dashboard for Grafana 10 and later (JSON)
  docs         docs/metrics.md
  alerts       docs/alerts.md: what each alert means, and what to do

example: omd-worker metrics rules > /etc/prometheus/omd-worker.rules.yaml
`;

/** What is printed as it stands, by the word that asks for it. */
const FILES: Readonly<Record<string, () => string>> = {
  rules: renderRules,
  dashboard: renderDashboard,
  docs: renderMetricsDocs,
  alerts: renderRunbook,
};

/** Exit codes: 0, 3 if the call is wrong. */
export async function metricsCommand([word, ...more]: readonly string[], io: Io): Promise<CommandResult> {
  if (more.length === 0 && word === "list") {
    const rows = Object.values<MetricRow>(METRICS).map(({ name, type, labels, help }) => [
      ...[name, type, labels.join(","), help],
    ]);
    io.stdout(renderTable(["metric", "type", "labels", "what"], rows));
    return 0;
  }
  if (more.length === 0 && word !== undefined && Object.hasOwn(FILES, word)) {
    io.stdout(FILES[word]?.() ?? "");
    return 0;
  }
  return unknownWord(word, ["list", ...Object.keys(FILES)], USAGE);
}
