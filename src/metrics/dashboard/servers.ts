import { lines, type Panel, query, RATE, type Row, WORKERS } from "./panel.ts";

const CONNECTED: Panel = {
  title: "Job servers",
  about: "Connected, and it answers.",
  show: {
    kind: "states",
    words: [
      { text: "away", color: "red" },
      { text: "connected", color: "green" },
    ],
  },
  unit: "none",
  width: 12,
  queries: [query(`gearman_worker_server_connected{${WORKERS}}`, "{{server}} from {{instance}}")],
};

const DUPSERVERS: Panel = {
  ...CONNECTED,
  title: "Dupservers",
  about: "They get a copy of each result.",
  queries: [query(`gearman_worker_dupserver_connected{${WORKERS}}`, "{{server}} from {{instance}}")],
};

/** Job servers, and results on their way to them. */
export const SERVER_ROW: Row = {
  title: "Job servers and results",
  panels: [
    CONNECTED,
    DUPSERVERS,
    lines(
      { title: "Connections", about: "Made and lost, a second.", unit: "cps" },
      query(
        `sum by (server) (rate(gearman_worker_server_connects_total{${WORKERS}}${RATE}))`,
        "made: {{server}}",
      ),
      query(
        `sum by (server) (rate(gearman_worker_server_lost_total{${WORKERS}}${RATE}))`,
        "lost: {{server}}",
      ),
    ),
    lines(
      {
        title: "Certificates",
        about:
          "How long the client certificate and the authority are still valid, where connections to job servers use TLS.",
        unit: "s",
      },
      query(
        `gearman_worker_tls_certificate_expiry_timestamp_seconds{${WORKERS}} - time()`,
        "{{instance}} {{certificate}}",
      ),
      query(
        `(gearman_worker_tls_certificate_expiry_timestamp_seconds{${WORKERS}} - gearman_worker_tls_certificate_start_timestamp_seconds{${WORKERS}}) / 5`,
        "{{instance}} {{certificate}}: a fifth of its life",
      ),
    ),
    lines(
      { title: "Results waiting", about: "Results that no job server has accepted yet.", unit: "none" },
      query(`gearman_worker_outbox_results{${WORKERS}}`, "{{instance}}"),
    ),
    lines(
      { title: "Oldest result", about: "How long it has waited.", unit: "s" },
      query(`gearman_worker_outbox_oldest_seconds{${WORKERS}}`, "{{instance}}"),
    ),
    lines(
      {
        title: "Results in the spool",
        about: "Results that are kept on the disk until a job server takes them.",
        unit: "none",
      },
      query(`gearman_worker_spool_results{${WORKERS}}`, "{{instance}}"),
      query(`gearman_worker_spool_set_aside_files{${WORKERS}}`, "{{instance}}: files set aside"),
      query(`gearman_worker_spool_failing{${WORKERS}}`, "{{instance}}: cannot be written"),
      query(
        `sum by (instance) (increase(gearman_worker_spool_write_errors_total{${WORKERS}}${RATE}))`,
        "{{instance}}: write errors",
      ),
    ),
    lines(
      { title: "Size of the spool", about: "Of the file with results that wait.", unit: "bytes" },
      query(`gearman_worker_spool_bytes{${WORKERS}}`, "{{instance}}"),
    ),
    lines(
      { title: "Oldest result in the spool", about: "How old it is.", unit: "s" },
      query(`gearman_worker_spool_oldest_seconds{${WORKERS}}`, "{{instance}}"),
    ),
    lines(
      { title: "Results accepted", about: "By a job server.", unit: "ops" },
      query(
        `sum by (instance) (rate(gearman_worker_results_delivered_total{${WORKERS}}${RATE}))`,
        "{{instance}}",
      ),
    ),
    lines(
      {
        title: "Jobs failed",
        about: "No job server took the result, or the worker has a fault.",
        unit: "ops",
      },
      query(`sum by (instance) (rate(gearman_worker_jobs_failed_total{${WORKERS}}${RATE}))`, "{{instance}}"),
    ),
    lines(
      { title: "Copies waiting", about: "For a dupserver.", unit: "none" },
      query(`sum by (server) (gearman_worker_dupserver_waiting{${WORKERS}})`, "{{server}}"),
    ),
  ],
};
