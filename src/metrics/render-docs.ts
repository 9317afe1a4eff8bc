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
\`modgearmanworker_plugin_user_cpu_time_seconds\` and \`_system_…\` are missing: plugins are started by lasting shells, and the kernel does not tell the CPU time of
one plugin then. Its exemplars are missing, too. \`exec="internal"\` is a native check, \`epn\` a plugin that is kept warm (Perl or Python).

\`via\` is how a command was run: \`native\`, \`warm\`, \`plugin\` (without a shell), \`shell\`, \`refuse\`, or \`none\` for a job that was too old. The number of series is bounded:
plugins beyond the first hundred count as \`other\`, as do unknown types of jobs; at most 500 queues of a job server are told, and no status queues. What waits in the queues is asked of the job servers
when somebody scrapes, at most every two seconds.

Beside these there are the metrics of [prom-client](https://github.com/siimon/prom-client) for Node.js and the process: \`nodejs_eventloop_lag_…\`, \`process_cpu_seconds_total\`,
\`process_resident_memory_bytes\` and others.

`;

/** docs/metrics.md. */
export function renderMetricsDocs(): string {
  const rows = Object.values<MetricRow>(METRICS).map(
    ({ name, type, labels, help }) =>
      `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(", ")} | ${help} |\n`,
  );
  return `${INTRODUCTION}| metric | type | labels | what |\n|---|---|---|---|\n${rows.join("")}`;
}
