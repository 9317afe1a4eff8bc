import { areas, lines, number, QUEUES, quantile, query, RATE, type Row, WORKERS } from "./panel.ts";

const LATENCY = "gearman_worker_job_latency_seconds";

/** What is looked at from afar: one number each, then the last hours. */
export const OVERVIEW: Row = {
  title: "Overview",
  panels: [
    number(
      { title: "Alerts", about: "Alerts of omd-worker's rules that fire now.", unit: "none" },
      'count(ALERTS{alertname=~"Omd.*",alertstate="firing"}) or vector(0)',
      1,
    ),
    number(
      { title: "Workers", about: "Workers that are scraped: omd-worker and the Go worker.", unit: "none" },
      `count(modgearmanworker_info{${WORKERS}})`,
    ),
    number(
      { title: "Jobs a second", about: "Jobs that had their turn, of all workers.", unit: "short" },
      `sum(rate(modgearmanworker_tasks_completed_total{${WORKERS}}${RATE}))`,
    ),
    number(
      { title: "In flight", about: "Jobs taken and not ended.", unit: "none" },
      `sum(gearman_worker_jobs_in_flight{${QUEUES}})`,
    ),
    number(
      { title: "Slots busy", about: "Of max-worker, all workers together.", unit: "percentunit" },
      `sum(modgearmanworker_workers_busy{${WORKERS}}) / sum(gearman_worker_slots_max{${WORKERS}})`,
      0.9,
    ),
    number(
      { title: "Jobs waiting", about: "In the chosen queues of all job servers.", unit: "none" },
      `sum(max by (server, queue) (gearman_queue_jobs_waiting{${QUEUES}}))`,
      100,
    ),
    number(
      { title: "Latency, 95 %", about: "From the core's plan to the start of the command.", unit: "s" },
      quantile(0.95, LATENCY, { series: QUEUES }),
      10,
    ),
    number(
      { title: "Native share", about: "Jobs answered inside the worker.", unit: "percentunit" },
      `sum(rate(gearman_worker_jobs_total{${QUEUES},via="native"}${RATE})) / sum(rate(gearman_worker_jobs_total{${QUEUES}}${RATE}))`,
    ),
    number(
      { title: "Time-outs", about: "Jobs whose time was up, in the shown time.", unit: "none" },
      `sum(increase(gearman_worker_jobs_timed_out_total{${QUEUES}}[$__range]))`,
      1,
    ),
    number(
      { title: "Refused", about: "Commands that were not started, in the shown time.", unit: "none" },
      `sum(increase(gearman_worker_jobs_refused_total{${WORKERS}}[$__range]))`,
      1,
    ),
    number(
      {
        title: "Unreadable",
        about: "Jobs that could not be read (wrong key) or were too old.",
        unit: "none",
      },
      `sum(increase(gearman_worker_jobs_rejected_total{${WORKERS}}[$__range]))`,
      1,
    ),
    number(
      { title: "Results waiting", about: "Results that no job server has accepted yet.", unit: "none" },
      `sum(gearman_worker_outbox_results{${WORKERS}})`,
      100,
    ),
    number(
      { title: "Oldest result", about: "How long the oldest of them has waited.", unit: "s" },
      `max(gearman_worker_outbox_oldest_seconds{${WORKERS}})`,
      30,
    ),
    number(
      { title: "Results lost", about: "Jobs that were failed, in the shown time.", unit: "none" },
      `sum(increase(gearman_worker_jobs_failed_total{${WORKERS}}[$__range]))`,
      1,
    ),
    number(
      { title: "Connections away", about: "Job servers that do not answer a worker.", unit: "none" },
      `count(gearman_worker_server_connected{${WORKERS}} == 0) or vector(0)`,
      1,
    ),
    number(
      { title: "Reconnects", about: "Connections that were lost, in the shown time.", unit: "none" },
      `sum(increase(gearman_worker_server_lost_total{${WORKERS}}[$__range]))`,
      1,
    ),
    areas(
      { title: "Jobs by way", about: "How commands were run.", unit: "ops" },
      "normal",
      query(`sum by (via) (rate(gearman_worker_jobs_total{${QUEUES}}${RATE}))`, "{{via}}"),
    ),
    areas(
      { title: "Share of each way", about: "native: inside the worker. warm: kept compiled.", unit: "ops" },
      "percent",
      query(`sum by (via) (rate(gearman_worker_jobs_total{${QUEUES}}${RATE}))`, "{{via}}"),
    ),
    lines(
      { title: "Latency", about: "From the core's plan to the start of the command.", unit: "s" },
      query(quantile(0.5, LATENCY, { series: QUEUES }), "50 %"),
      query(quantile(0.95, LATENCY, { series: QUEUES }), "95 %"),
      query(quantile(0.99, LATENCY, { series: QUEUES }), "99 %"),
    ),
    lines(
      { title: "Slots", about: "Slots grow under load up to max-worker.", unit: "none" },
      query(`sum(modgearmanworker_workers_busy{${WORKERS}})`, "busy"),
      query(`sum(modgearmanworker_workers_total{${WORKERS}})`, "there are"),
      query(`sum(gearman_worker_slots_max{${WORKERS}})`, "max-worker"),
    ),
    lines(
      {
        title: "Jobs taken and answered",
        about: "Where they part, jobs pile up in the workers.",
        unit: "ops",
      },
      query(`sum(rate(gearman_worker_jobs_taken_total{${WORKERS}}${RATE}))`, "taken"),
      query(`sum(rate(gearman_worker_jobs_total{${WORKERS}}${RATE}))`, "had their turn"),
      query(`sum(rate(gearman_worker_results_delivered_total{${WORKERS}}${RATE}))`, "results accepted"),
    ),
    lines(
      { title: "Oldest job", about: "How long the oldest job under way has been in each worker.", unit: "s" },
      query(`gearman_worker_oldest_job_seconds{${WORKERS}}`, "{{instance}}"),
    ),
  ],
};
