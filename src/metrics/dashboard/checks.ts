import { areas, lines, quantile, query, RATE, type Row, WORKERS } from "./panel.ts";

const CHECK = "gearman_worker_check_duration_seconds";
const JOB = "gearman_worker_job_duration_seconds";
const rateOf = (name: string) => `sum by (check) (rate(${name}{${WORKERS}}${RATE}))`;

/** Each check, by the file name of its plugin. */
export const CHECK_ROW: Row = {
  title: "Checks",
  panels: [
    areas(
      { title: "Most run", about: "Runs a second.", unit: "ops" },
      "normal",
      query(`topk(10, ${rateOf(`${CHECK}_count`)})`, "{{check}}"),
    ),
    lines(
      { title: "Longest on average", about: "Seconds that a run takes.", unit: "s" },
      query(`topk(10, ${rateOf(`${CHECK}_sum`)} / ${rateOf(`${CHECK}_count`)})`, "{{check}}"),
    ),
    areas(
      {
        title: "What slots are used for",
        about: "How many slots each check keeps on average.",
        unit: "short",
      },
      "normal",
      query(`topk(10, ${rateOf(`${CHECK}_sum`)})`, "{{check}}"),
    ),
    lines(
      { title: "Longest, 95 %", about: "One run in twenty takes longer.", unit: "s" },
      query(`topk(10, ${quantile(0.95, CHECK, { series: WORKERS, labels: "check" })})`, "{{check}}"),
    ),
    lines(
      { title: "Duration by way, 95 %", about: "From the start of a command to its end.", unit: "s" },
      query(quantile(0.95, JOB, { series: WORKERS, labels: "via" }), "{{via}}"),
    ),
    areas(
      { title: "Plugins missing", about: "Commands that were not found or are not executable.", unit: "ops" },
      "normal",
      query(
        `sum by (check, reason) (rate(gearman_worker_plugins_missing_total{${WORKERS}}${RATE}))`,
        "{{check}}: {{reason}}",
      ),
    ),
    areas(
      { title: "Left to the plugin", about: "Answers that a native check has declined.", unit: "ops" },
      "normal",
      query(rateOf("gearman_worker_native_declined_total"), "{{check}}"),
    ),
    areas(
      { title: "Shadow mode", about: "The worker's own answers beside the plugins'.", unit: "ops" },
      "normal",
      query(
        `sum by (check, result) (rate(gearman_worker_shadow_runs_total{${WORKERS}}${RATE})) > 0`,
        "{{check}}: {{result}}",
      ),
    ),
    lines(
      {
        title: "Waits inside the worker",
        about: "Native checks that wait, by what they wait for.",
        unit: "none",
      },
      query(`sum by (what) (gearman_worker_waiting_checks{${WORKERS}})`, "{{what}}"),
    ),
    lines(
      { title: "Time spent in waits", about: "Seconds a second, all checks together.", unit: "short" },
      query(`sum by (what) (rate(gearman_worker_wait_seconds_total{${WORKERS}}${RATE}))`, "{{what}}"),
    ),
    lines(
      {
        title: "Checks that had to wait",
        about: "Native checks a second, by what they wait for.",
        unit: "ops",
      },
      query(`sum by (what) (rate(gearman_worker_waits_total{${WORKERS}}${RATE}))`, "{{what}}"),
    ),
    lines(
      {
        title: "Files set aside",
        about: "Files of the site's checks that have ended their thread.",
        unit: "none",
      },
      query(`gearman_worker_site_files_set_aside{${WORKERS}}`, "{{instance}}"),
    ),
  ],
};
