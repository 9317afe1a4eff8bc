import { CHECK_ROW } from "./checks.ts";
import { GO_ROW } from "./go-names.ts";
import { HANDLER_ROW } from "./handlers.ts";
import { OVERVIEW } from "./overview.ts";
import { type Panel, type Row, WORKERS } from "./panel.ts";
import { PROGRAM_ROW } from "./programs.ts";
import { QUEUE_ROW } from "./queues.ts";
import { renderPanel, SOURCE } from "./render-panel.ts";
import { SERVER_ROW } from "./servers.ts";
import { WORKER_ROW } from "./workers.ts";

export const ROWS: readonly Row[] = [
  OVERVIEW,
  QUEUE_ROW,
  CHECK_ROW,
  HANDLER_ROW,
  SERVER_ROW,
  WORKER_ROW,
  PROGRAM_ROW,
  GO_ROW,
];

const COLUMNS = 24;
const NUMBER_HEIGHT = 4;
const PANEL_HEIGHT = 8;

/** monitoring/grafana/omd-worker.json, for Grafana 10 and later. */
export function renderDashboard(): string {
  const dashboard = {
    id: null,
    uid: "omd-worker",
    title: "omd-worker",
    tags: ["gearman", "omd-worker"],
    description:
      "Workers, queues, checks and results of mod_gearman: omd-worker, and what the Go worker tells, too.",
    editable: true,
    graphTooltip: 1,
    schemaVersion: 38,
    version: 1,
    refresh: "30s",
    timezone: "",
    time: { from: "now-3h", to: "now" },
    annotations: { list: ANNOTATIONS },
    links: [],
    templating: { list: VARIABLES },
    panels: layOut(ROWS),
  };
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

const ANNOTATIONS = [
  annotation("Starts", "blue", `changes(process_start_time_seconds{${WORKERS}}[1m]) > 0`),
  annotation(
    "Reloads",
    "purple",
    `changes(gearman_worker_config_last_reload_success_timestamp_seconds{${WORKERS}}[1m]) > 0`,
  ),
];

function annotation(name: string, iconColor: string, expr: string): object {
  return {
    name,
    iconColor,
    expr,
    datasource: SOURCE,
    enable: true,
    hide: false,
    step: "60s",
    titleFormat: "{{instance}}",
    textFormat: name,
  };
}

const VARIABLES = [
  {
    name: "datasource",
    label: "Data source",
    type: "datasource",
    query: "prometheus",
    regex: "",
    hide: 0,
    includeAll: false,
    multi: false,
    refresh: 1,
    options: [],
    current: {},
    skipUrlSync: false,
  },
  variable("job", "Job", "label_values(modgearmanworker_info, job)"),
  variable("instance", "Worker", 'label_values(modgearmanworker_info{job=~"$job"}, instance)'),
  variable("queue", "Queue", `label_values(gearman_queue_jobs_waiting{${WORKERS}}, queue)`),
];

/** All values are chosen at first. */
function variable(name: string, label: string, definition: string): object {
  return {
    name,
    label,
    type: "query",
    datasource: SOURCE,
    definition,
    query: { query: definition, refId: "PrometheusVariableQueryEditor-VariableQuery" },
    hide: 0,
    includeAll: true,
    allValue: ".*",
    multi: true,
    refresh: 2,
    sort: 1,
    regex: "",
    options: [],
    current: { selected: true, text: ["All"], value: ["$__all"] },
    skipUrlSync: false,
  };
}

/** Panels of a row that is folded are inside of it. */
function layOut(rows: readonly Row[]): readonly object[] {
  let id = 0;
  let y = 0;
  return rows.flatMap(({ title, isFolded = false, panels }) => {
    id += 1;
    const head = { id, type: "row", title, collapsed: isFolded, gridPos: { x: 0, y, w: COLUMNS, h: 1 } };
    const line = { x: 0, y: y + 1, h: 0 };
    const placed = panels.map((panel) => {
      id += 1;
      return renderPanel(panel, id, place(panel, line));
    });
    y = isFolded ? y + 1 : line.y + line.h;
    return isFolded ? [{ ...head, panels: placed }] : [{ ...head, panels: [] }, ...placed];
  });
}

/** Puts a panel beside the one before, or below when there is no room. */
function place({ width: w, show }: Panel, line: { x: number; y: number; h: number }) {
  if (line.x + w > COLUMNS) Object.assign(line, { x: 0, y: line.y + line.h, h: 0 });
  const h = show.kind === "number" ? NUMBER_HEIGHT : PANEL_HEIGHT;
  const { x, y } = line;
  Object.assign(line, { x: x + w, h: Math.max(line.h, h) });
  return { x, y, w, h };
}
