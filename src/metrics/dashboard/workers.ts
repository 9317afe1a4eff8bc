import { lines, type Panel, query, RATE, type Row, WORKERS } from "./panel.ts";

const OWN = `and on (job, instance) gearman_worker_build_info{${WORKERS}}`;

const STATE: Panel = {
  title: "State",
  about: "open: takes jobs. drained: was told to take none. stopping: finishes those it has.",
  show: {
    kind: "states",
    words: [
      { text: "open", color: "green" },
      { text: "drained", color: "yellow" },
      { text: "stopping", color: "orange" },
    ],
  },
  unit: "none",
  width: 12,
  queries: [
    query(
      `sum by (instance) (gearman_worker_state{${WORKERS},state="drained"}) + 2 * sum by (instance) (gearman_worker_state{${WORKERS},state="stopping"})`,
      "{{instance}}",
    ),
  ],
};

const RELOAD: Panel = {
  title: "Last reload",
  about: "Whether the configuration could be used.",
  show: {
    kind: "states",
    words: [
      { text: "failed", color: "red" },
      { text: "fine", color: "green" },
    ],
  },
  unit: "none",
  width: 12,
  queries: [query(`gearman_worker_config_last_reload_successful{${WORKERS}}`, "{{instance}}")],
};

const BUILD: Panel = {
  title: "Builds",
  about: "Which version runs where.",
  show: { kind: "table", columns: ["Is there"], hidden: ["Time"] },
  unit: "none",
  width: 12,
  queries: [query(`max by (instance, version, node_version) (gearman_worker_build_info{${WORKERS}})`, "")],
};

const STAGE: Panel = {
  title: "Stages",
  about: "Which stage each worker belongs to, if worker.conf names one.",
  show: { kind: "table", columns: ["Is there"], hidden: ["Time"] },
  unit: "none",
  width: 12,
  queries: [query(`max by (instance, stage) (gearman_worker_stage_info{${WORKERS}})`, "")],
};

const READ_AT: Panel = {
  title: "Configuration read",
  about: "When the configuration in use was read.",
  show: { kind: "table", columns: ["Read at"], hidden: ["Time"] },
  unit: "dateTimeAsIso",
  width: 12,
  queries: [
    query(
      `1000 * max by (instance) (gearman_worker_config_last_reload_success_timestamp_seconds{${WORKERS}})`,
      "",
    ),
  ],
};

/** The process of each worker. */
export const WORKER_ROW: Row = {
  title: "Workers",
  panels: [
    STATE,
    RELOAD,
    lines(
      { title: "Event loop, 99 %", about: "How late the worker's only thread is.", unit: "s" },
      query(`nodejs_eventloop_lag_p99_seconds{${WORKERS}} ${OWN}`, "{{instance}}"),
    ),
    lines(
      { title: "Event loop, longest", about: "Since the scrape before.", unit: "s" },
      query(`nodejs_eventloop_lag_max_seconds{${WORKERS}} ${OWN}`, "{{instance}}"),
    ),
    lines(
      { title: "CPU", about: "Cores that the worker itself uses. Its plugins are not in it.", unit: "short" },
      query(`rate(process_cpu_seconds_total{${WORKERS}}${RATE}) ${OWN}`, "{{instance}}"),
    ),
    lines(
      { title: "Memory", about: "Resident memory of the worker itself.", unit: "bytes" },
      query(`process_resident_memory_bytes{${WORKERS}} ${OWN}`, "{{instance}}"),
    ),
    lines(
      { title: "Open files", about: "The share of those it may have.", unit: "percentunit" },
      query(`process_open_fds{${WORKERS}} / process_max_fds{${WORKERS}} ${OWN}`, "{{instance}}"),
    ),
    lines(
      { title: "Restarts", about: "Starts of the process within an hour.", unit: "none" },
      query(`changes(process_start_time_seconds{${WORKERS}}[1h]) ${OWN}`, "{{instance}}"),
    ),
    lines(
      { title: "Shells", about: "They start plugins.", unit: "none" },
      query(`sum by (state) (gearman_worker_shells{${WORKERS}})`, "{{state}}"),
    ),
    lines(
      { title: "Warm plugins", about: "Perl and Python plugins that are kept compiled.", unit: "none" },
      query(`gearman_worker_warm_plugins{${WORKERS}}`, "{{instance}}"),
    ),
    lines(
      { title: "Reloads", about: "Within an hour, by how they ended.", unit: "none" },
      query(`sum by (result) (increase(gearman_worker_config_reloads_total{${WORKERS}}[1h]))`, "{{result}}"),
    ),
    BUILD,
    STAGE,
    READ_AT,
  ],
};
