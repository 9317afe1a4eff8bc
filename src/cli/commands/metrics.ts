import { renderMetricsDocs } from "../../metrics/render-docs.ts";
import { METRICS, type MetricRow } from "../../metrics/table.ts";
import { type CommandResult, unknownWord } from "../command.ts";
import type { Io } from "../io.ts";
import { renderTable } from "../render-table.ts";

/** Exit codes: 0, 3 if the call is wrong. */
export async function metricsCommand([word, ...more]: readonly string[], io: Io): Promise<CommandResult> {
  if (more.length === 0 && word === "list") {
    const rows = Object.values<MetricRow>(METRICS).map(({ name, type, labels, help }) => [
      ...[name, type, labels.join(","), help],
    ]);
    io.stdout(renderTable(["metric", "type", "labels", "what"], rows));
    return 0;
  }
  if (more.length === 0 && word === "docs") {
    io.stdout(renderMetricsDocs());
    return 0;
  }
  return unknownWord(word, ["list", "docs"]);
}
