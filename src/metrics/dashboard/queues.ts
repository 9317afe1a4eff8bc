import { areas, lines, type Panel, QUEUES, quantile, query, RATE, type Row, WORKERS } from "./panel.ts";

const BY_QUEUE = "max by (server, queue)";

const NOW: Panel = {
  title: "Queues now",
  about: "As the job servers tell them. A queue with jobs and without a worker is not served.",
  show: { kind: "table", columns: ["Waiting", "Running", "Workers"], hidden: ["Time"] },
  unit: "none",
  width: 24,
  queries: ["gearman_queue_jobs_waiting", "gearman_queue_jobs_running", "gearman_queue_workers"].map((name) =>
    query(`${BY_QUEUE} (${name}{${QUEUES}})`, ""),
  ),
};

/** Each queue: what waits at the job servers, and what the workers make of it. */
export const QUEUE_ROW: Row = {
  title: "Queues",
  panels: [
    lines(
      { title: "Waiting", about: "Jobs that no worker has taken yet.", unit: "none" },
      query(`${BY_QUEUE} (gearman_queue_jobs_waiting{${QUEUES}})`, "{{queue}} at {{server}}"),
    ),
    lines(
      { title: "Running", about: "Jobs that workers have, by the job servers' count.", unit: "none" },
      query(`${BY_QUEUE} (gearman_queue_jobs_running{${QUEUES}})`, "{{queue}} at {{server}}"),
    ),
    lines(
      { title: "Workers", about: "Connections that serve the queue.", unit: "none" },
      query(`${BY_QUEUE} (gearman_queue_workers{${QUEUES}})`, "{{queue}} at {{server}}"),
    ),
    lines(
      { title: "By worker", about: "In all queues that a worker serves: what KEDA scales by.", unit: "none" },
      query(`max by (instance) (gearman_worker_queues_jobs_waiting{${WORKERS}})`, "waiting, {{instance}}"),
      query(`max by (instance) (gearman_worker_queues_jobs_running{${WORKERS}})`, "running, {{instance}}"),
    ),
    areas(
      { title: "Jobs", about: "Jobs that had their turn.", unit: "ops" },
      "normal",
      query(`sum by (queue) (rate(gearman_worker_jobs_total{${QUEUES}}${RATE}))`, "{{queue}}"),
    ),
    lines(
      { title: "Latency, 95 %", about: "From the core's plan to the start of the command.", unit: "s" },
      query(
        quantile(0.95, "gearman_worker_job_latency_seconds", { series: QUEUES, labels: "queue" }),
        "{{queue}}",
      ),
    ),
    lines(
      { title: "Time-outs", about: "The share of jobs whose time was up.", unit: "percentunit" },
      query(
        `sum by (queue) (rate(gearman_worker_jobs_timed_out_total{${QUEUES}}${RATE})) / sum by (queue) (rate(gearman_worker_jobs_total{${QUEUES}}${RATE}))`,
        "{{queue}}",
      ),
    ),
    areas(
      { title: "In flight", about: "Jobs taken and not ended.", unit: "none" },
      "normal",
      query(`sum by (queue) (gearman_worker_jobs_in_flight{${QUEUES}})`, "{{queue}}"),
    ),
    lines(
      {
        title: "In flight, of the limit",
        about: "Queues with queue_max_worker, in the fullest worker.",
        unit: "percentunit",
      },
      query(
        `max by (queue) (gearman_worker_jobs_in_flight{${QUEUES}} / gearman_worker_jobs_limit{${QUEUES}})`,
        "{{queue}}",
      ),
    ),
    lines(
      {
        title: "At the limit",
        about: "The share of time, in the worker that was longest at queue_max_worker.",
        unit: "percentunit",
      },
      query(
        `max by (queue) (rate(gearman_worker_jobs_limit_reached_seconds_total{${QUEUES}}${RATE}))`,
        "{{queue}}",
      ),
    ),
    lines(
      {
        title: "Hosts at the limit",
        about: "Hosts that native_target_max native checks ask, by worker.",
        unit: "none",
      },
      query(`max by (instance) (gearman_worker_targets_at_limit{${WORKERS}})`, "{{instance}}"),
    ),
    areas(
      {
        title: "Unreadable and too old",
        about: "wrong-key: core and worker have different keys.",
        unit: "ops",
      },
      "normal",
      query(
        `sum by (reason) (rate(gearman_worker_jobs_rejected_total{${WORKERS}}${RATE})) > 0`,
        "{{reason}}",
      ),
    ),
    areas(
      { title: "Refused", about: "By the rule that forbids the command.", unit: "ops" },
      "normal",
      query(`sum by (rule) (rate(gearman_worker_jobs_refused_total{${WORKERS}}${RATE})) > 0`, "{{rule}}"),
    ),
    NOW,
  ],
};
