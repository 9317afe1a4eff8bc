import { METRICS, type MetricRow } from "./table.ts";

const INTRODUCTION = `# Metrics

With \`prometheus_server=HOST:PORT\` (or \`:PORT\` for all addresses) the worker serves:

| path | for |
|---|---|
| \`/metrics\` | Prometheus |
| \`/livez\` | a liveness probe: the event loop turns. It does not depend on gearmand, whose outage must not restart all workers |
| \`/readyz\` | a readiness probe: the worker takes jobs, and a job server answers. Otherwise 503 and the reason |
| \`/\` | people: the [status page](status-page.md), at loopback addresses or with a password, if no option says otherwise |

Anyone who reaches the port can read the first three; in them there are names of queues, job servers and plugins, and none of hosts or services. Without the option nothing
is loaded, and a job costs nothing.

The names of the Go worker (\`modgearmanworker_…\`) come first, with its labels, so that dashboards made for it go on. Its
\`modgearmanworker_plugin_user_cpu_time_seconds\` and \`_system_…\` are missing: plugins are started by lasting shells, and what a shell tells of their CPU time
(\`times\`) is in hundredths of a second, more than most plugins use. Its exemplars are missing, too. \`exec="internal"\` is a native check, \`epn\` a plugin that is kept warm (Perl or Python).

\`via\` is how a command was run: \`native\`, \`warm\`, \`plugin\` (without a shell), \`shell\`, \`refuse\`, or \`none\` for a job that was too old. The number of series is bounded:
plugins beyond the first hundred count as \`other\`, as do unknown types of jobs; at most 500 queues of a job server are told, and no status queues. What waits in the queues is asked of the job servers
when somebody scrapes; scrapes and the status page share an answer for a second. Names are shown as text: bytes that are no UTF-8 as \`\\xe9\`.

Counters with known reasons (\`reason\`, \`rule\`) and those of a queue or job server are there with 0 before anything has happened, so \`increase\` sees the first time, too.

Beside these there are the metrics of [prom-client](https://github.com/siimon/prom-client) for Node.js and the process: \`nodejs_eventloop_lag_…\`, \`process_cpu_seconds_total\`,
\`process_resident_memory_bytes\` and others. \`nodejs_eventloop_lag_min_seconds\`, \`_mean_\`, \`_p50_\`, \`_p90_\`, \`_p99_\` and \`_max_\` are of the time since the last scrape,
and without the tenth of a second between two looks: a loop that is never late has 0.

## Dashboard

[omd-worker.json](../monitoring/grafana/omd-worker.json) is a dashboard for Grafana 10 and later: an overview, then queues, checks, job servers and results, the workers, and the Go
worker's names. Import the file (Dashboards, New, Import) and choose the data source above the panels; job, worker and queue are chosen there, too. An installed worker
prints it: \`omd-worker metrics dashboard > omd-worker.json\`. For Grafana's sidecar in Kubernetes put it into a ConfigMap as it is, labelled \`grafana_dashboard: "1"\`.

Queues are told by every worker, each with all queues of its job servers: take \`max by (server, queue)\`, not \`sum\`.

## Alerts

[alerts.md](alerts.md) has rules for Prometheus, and what to do when one fires.

## What it costs

Without \`prometheus_server\` nothing is loaded or counted. With it a job costs some additions: 0.8 µs of CPU (median of 50 rounds of 12,000 jobs; least 0.3, most 1.3), and 1.2 µs together with
the status page, when only what counts is called, on two cores of an AMD EPYC that other programs kept busy (load 13). Whole workers, five times in turn (the
scenario \`metrics\` of the [benchmark](../bench/README.md)), while others took 32 to 45 % of the machine: 0.081 ms a job (0.073 to 0.088) without metrics, 0.084 (0.082 to 0.099) with
them, 0.093 (0.087 to 0.098) with the page. That is too noisy to tell a few microseconds: pairs differed by 0 to 15.

## All metrics

`;

/** docs/metrics.md. */
export function renderMetricsDocs(): string {
  const rows = Object.values<MetricRow>(METRICS).map(
    ({ name, type, labels, help }) =>
      `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(", ")} | ${help} |\n`,
  );
  return `${INTRODUCTION}| metric | type | labels | what |\n|---|---|---|---|\n${rows.join("")}`;
}
