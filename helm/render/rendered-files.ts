import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { README_HEAD } from "./readme-head.ts";
import { valuesSchema } from "./schema/values-schema.ts";
import { chartOptions } from "./schema/worker-config.ts";
import { readChartValues, renderValuesTable } from "./values-table.ts";

export const CHART = "helm/omd-worker";

/** Files outside of a chart cannot be read by its templates, so it has copies. */
const COPIED = [
  { from: "monitoring/grafana/*.json", to: `${CHART}/files/grafana` },
  { from: "monitoring/prometheus/*.rules.yaml", to: `${CHART}/files/prometheus` },
];

/** The files of the chart that are made of others: path → content. A test compares them with the files. */
export function renderedFiles(): ReadonlyMap<string, string> {
  const values = readChartValues(readFileSync(`${CHART}/values.yaml`, "utf8"));
  return new Map([
    [`${CHART}/values.schema.json`, toJson(valuesSchema())],
    [`${CHART}/files/worker-options.json`, toJson(chartOptions())],
    [`${CHART}/README.md`, `${README_HEAD}\n${renderValuesTable(values)}\n`],
    ...COPIED.flatMap(({ from, to }) => globSync(from).toSorted().map(copyInto(to))),
  ]);
}

function copyInto(folder: string) {
  return (path: string): [string, string] => [`${folder}/${basename(path)}`, readFileSync(path, "utf8")];
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
