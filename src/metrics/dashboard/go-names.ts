import { areas, lines, type Panel, query, RATE, type Row, WORKERS } from "./panel.ts";

const INFO: Panel = {
  title: "Workers",
  about: "omd-worker and the Go worker.",
  show: { kind: "table", columns: ["Is there"], hidden: ["Time"] },
  unit: "none",
  width: 16,
  queries: [query(`max by (instance, identifier, version) (modgearmanworker_info{${WORKERS}})`, "")],
};

/** What the Go worker tells, too: for sites that have both. */
export const GO_ROW: Row = {
  title: "Names of the Go worker",
  isFolded: true,
  panels: [
    lines(
      { title: "Slots", about: "In the Go worker: its worker routines.", unit: "none" },
      query(`sum(modgearmanworker_workers_total{${WORKERS}})`, "there are"),
      query(`sum(modgearmanworker_workers_idle{${WORKERS}})`, "idle"),
      query(`sum(modgearmanworker_workers_busy{${WORKERS}})`, "busy"),
      query(`sum(modgearmanworker_workers_ballooning{${WORKERS}})`, "ballooning"),
    ),
    areas(
      { title: "Jobs by way", about: "internal: native. epn: kept warm.", unit: "ops" },
      "normal",
      query(`sum by (exec) (rate(modgearmanworker_tasks_completed_total{${WORKERS}}${RATE}))`, "{{exec}}"),
    ),
    areas(
      {
        title: "Jobs by type",
        about: "Host and service checks, event handlers, notifications.",
        unit: "ops",
      },
      "normal",
      query(`sum by (type) (rate(modgearmanworker_tasks_completed_total{${WORKERS}}${RATE}))`, "{{type}}"),
    ),
    lines(
      { title: "Not OK", about: "The share of jobs with a state other than OK.", unit: "percentunit" },
      query(
        `sum by (type) (rate(modgearmanworker_tasks_errors_total{${WORKERS}}${RATE})) / sum by (type) (rate(modgearmanworker_tasks_completed_total{${WORKERS}}${RATE}))`,
        "{{type}}",
      ),
    ),
    INFO,
  ],
};
