/** A metric as Prometheus and docs/metrics.md know it. */
export interface MetricRow {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram, in seconds. */
  readonly buckets?: readonly number[];
}

/** Most plugins take between ten milliseconds and the time-out of a minute; native checks take less. */
const DURATIONS = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60];
const LATENCIES = [0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const CHECK_DURATIONS = [0.01, 0.1, 1, 10, 60];

/** The names, labels and types of the Go worker: dashboards that were made for it go on. */
const GO_ROWS = {
  info: row("gauge", "modgearmanworker_info", "1, with the worker's version and identifier", [
    "version",
    "identifier",
  ]),
  workersTotal: row("gauge", "modgearmanworker_workers_total", "slots there are"),
  workersIdle: row("gauge", "modgearmanworker_workers_idle", "slots without a job"),
  workersBusy: row("gauge", "modgearmanworker_workers_busy", "slots with a job"),
  workersBallooning: row(
    "gauge",
    "modgearmanworker_workers_ballooning",
    "always 0: this worker has no background slots",
  ),
  tasksCompleted: row("counter", "modgearmanworker_tasks_completed_total", "jobs that had their turn", [
    "type",
    "exec",
  ]),
  tasksErrors: row(
    "counter",
    "modgearmanworker_tasks_errors_total",
    "those of them with a state other than OK",
    ["type", "exec"],
  ),
} as const satisfies Readonly<Record<string, MetricRow>>;

const JOB_ROWS = {
  buildInfo: row("gauge", "gearman_worker_build_info", "1, with the versions of the worker and of Node.js", [
    "version",
    "node_version",
  ]),
  stage: row("gauge", "gearman_worker_stage_info", "1, with the worker's stage, if it has one", ["stage"]),
  jobsTaken: row("counter", "gearman_worker_jobs_taken_total", "jobs taken from job servers"),
  jobsRan: row("counter", "gearman_worker_jobs_total", "jobs that had their turn, by the way they were run", [
    "queue",
    "type",
    "via",
  ]),
  jobsInFlight: row("gauge", "gearman_worker_jobs_in_flight", "jobs taken and not ended", ["queue"]),
  queueLimit: row(
    "gauge",
    "gearman_worker_jobs_limit",
    "how many jobs of the queue may run at once, where queue_max_worker says so",
    ["queue"],
  ),
  queueFull: row(
    "counter",
    "gearman_worker_jobs_limit_reached_seconds_total",
    "how long the queue has been at this limit",
    ["queue"],
  ),
  oldestJob: row(
    "gauge",
    "gearman_worker_oldest_job_seconds",
    "how long the oldest job under way has been here",
  ),
  jobDuration: row(
    "histogram",
    "gearman_worker_job_duration_seconds",
    "from the start of a command to its end",
    ["type", "via"],
    DURATIONS,
  ),
  jobLatency: row(
    "histogram",
    "gearman_worker_job_latency_seconds",
    "from the time that the core has planned to the start of the command",
    ["queue"],
    LATENCIES,
  ),
  checkDuration: row(
    "histogram",
    "gearman_worker_check_duration_seconds",
    "the same by the file name of the plugin; at most 100 names, then other",
    ["check"],
    CHECK_DURATIONS,
  ),
  jobsTimedOut: row("counter", "gearman_worker_jobs_timed_out_total", "jobs whose time was up", ["queue"]),
  jobsRefused: row(
    "counter",
    "gearman_worker_jobs_refused_total",
    "commands that were not started, by the rule that forbids them",
    ["rule"],
  ),
  jobsRejected: row(
    "counter",
    "gearman_worker_jobs_rejected_total",
    "jobs that could not be read (wrong key, no job) or were too old",
    ["reason"],
  ),
  handlersRan: row(
    "counter",
    "gearman_worker_event_handlers_total",
    "event handlers that had their turn, by the file name of the program (at most 100, then other) and by what became of them: ok, failed and timed-out were run; refused (eventhandler_allow and other rules), too-often (eventhandler_rate), dry-run and too-old were not",
    ["handler", "result"],
  ),
  handlerDuration: row(
    "histogram",
    "gearman_worker_event_handler_duration_seconds",
    "from the start of an event handler to its end",
    ["handler"],
    CHECK_DURATIONS,
  ),
  pluginsMissing: row(
    "counter",
    "gearman_worker_plugins_missing_total",
    "commands that ended with 127 (not-found) or 126 (not-executable), by the file name of the plugin",
    ["check", "reason"],
  ),
  nativeDeclined: row(
    "counter",
    "gearman_worker_native_declined_total",
    "answers that a native check left to its plugin",
    ["check"],
  ),
  resultsDelivered: row(
    "counter",
    "gearman_worker_results_delivered_total",
    "results that a job server has accepted",
  ),
  jobsFailed: row(
    "counter",
    "gearman_worker_jobs_failed_total",
    "jobs that were failed: no job server took the result within result_max_age, or they refused it, or the worker has a fault",
  ),
} as const satisfies Readonly<Record<string, MetricRow>>;

const STATE_ROWS = {
  state: row("gauge", "gearman_worker_state", "1 for the state the worker is in: open, drained or stopping", [
    "state",
  ]),
  slotsMax: row("gauge", "gearman_worker_slots_max", "max-worker"),
  outboxSize: row("gauge", "gearman_worker_outbox_results", "results that no job server has accepted yet"),
  outboxAge: row("gauge", "gearman_worker_outbox_oldest_seconds", "how long the oldest of them has waited"),
  spoolResults: row("gauge", "gearman_worker_spool_results", "results that are kept in result_spool"),
  spoolBytes: row("gauge", "gearman_worker_spool_bytes", "how large the file of result_spool is"),
  spoolAge: row("gauge", "gearman_worker_spool_oldest_seconds", "how old the oldest of these results is"),
  spoolSetAside: row(
    "gauge",
    "gearman_worker_spool_set_aside_files",
    "files in result_spool that are not used: damaged ones, and those of others",
  ),
  spoolFailing: row(
    "gauge",
    "gearman_worker_spool_failing",
    "1: result_spool cannot be written, results are kept in memory only",
  ),
  spoolErrors: row(
    "counter",
    "gearman_worker_spool_write_errors_total",
    "how often result_spool could not be written",
  ),
  serverConnected: row(
    "gauge",
    "gearman_worker_server_connected",
    "1: the job server is connected and answers",
    ["server"],
  ),
  serverConnects: row(
    "counter",
    "gearman_worker_server_connects_total",
    "connections to the job server on which it has answered",
    ["server"],
  ),
  serverLost: row(
    "counter",
    "gearman_worker_server_lost_total",
    "connections to the job server that were lost",
    ["server"],
  ),
  dupserverConnected: row("gauge", "gearman_worker_dupserver_connected", "1: the dupserver is connected", [
    "server",
  ]),
  dupserverWaiting: row(
    "gauge",
    "gearman_worker_dupserver_waiting",
    "copies of results that wait for the dupserver",
    ["server"],
  ),
  certificateStart: row(
    "gauge",
    "gearman_worker_tls_certificate_start_timestamp_seconds",
    "from when the certificate counts",
    ["certificate"],
  ),
  certificateExpiry: row(
    "gauge",
    "gearman_worker_tls_certificate_expiry_timestamp_seconds",
    "when the client certificate for the job servers ends (client), and the longest of tls_ca_file (ca); absent without TLS",
    ["certificate"],
  ),
  shells: row("gauge", "gearman_worker_shells", "shells that start plugins", ["state"]),
  templates: row("gauge", "gearman_worker_warm_plugins", "Perl and Python plugins that are kept warm"),
  waiting: row(
    "gauge",
    "gearman_worker_waiting_checks",
    "native checks that wait inside the worker, by what they wait for",
    ["what"],
  ),
  targetsFull: row(
    "gauge",
    "gearman_worker_targets_at_limit",
    "hosts that native_target_max native checks ask now, at most 20",
  ),
  waits: row("counter", "gearman_worker_waits_total", "native checks that had to wait inside the worker", [
    "what",
  ]),
  waitSeconds: row(
    "counter",
    "gearman_worker_wait_seconds_total",
    "how long they have waited, all together",
    ["what"],
  ),
  shadowRuns: row(
    "counter",
    "gearman_worker_shadow_runs_total",
    "comparisons of native answers with those of plugins",
    ["check", "result"],
  ),
  setAside: row(
    "gauge",
    "gearman_worker_site_files_set_aside",
    "files of the site's checks that are set aside",
  ),
  reloadSuccessful: row(
    "gauge",
    "gearman_worker_config_last_reload_successful",
    "1: the last reload went well, or there was none",
  ),
  reloadTime: row(
    "gauge",
    "gearman_worker_config_last_reload_success_timestamp_seconds",
    "when the configuration in use was read",
  ),
  reloads: row("counter", "gearman_worker_config_reloads_total", "reloads, by how they ended", ["result"]),
} as const satisfies Readonly<Record<string, MetricRow>>;

const QUEUE_ROWS = {
  queueWaiting: row("gauge", "gearman_queue_jobs_waiting", "jobs of the queue that no worker has taken yet", [
    "server",
    "queue",
  ]),
  queueRunning: row("gauge", "gearman_queue_jobs_running", "jobs of the queue that workers have", [
    "server",
    "queue",
  ]),
  queueWorkers: row("gauge", "gearman_queue_workers", "workers that serve the queue", ["server", "queue"]),
  ownWaiting: row(
    "gauge",
    "gearman_worker_queues_jobs_waiting",
    "jobs that no worker has taken yet, of all queues that this worker serves, at all job servers that answer; absent if none does",
  ),
  ownRunning: row(
    "gauge",
    "gearman_worker_queues_jobs_running",
    "jobs that workers have, of all queues that this worker serves, at all job servers that answer; absent if none does",
  ),
} as const satisfies Readonly<Record<string, MetricRow>>;

/** Every metric of ours. Those of Node.js and of the process come beside them, by prom-client's names. */
export const METRICS = { ...GO_ROWS, ...JOB_ROWS, ...STATE_ROWS, ...QUEUE_ROWS };

export type MetricKey = keyof typeof METRICS;

function row<Type extends MetricRow["type"]>(
  type: Type,
  name: string,
  help: string,
  labels: readonly string[] = [],
  buckets?: readonly number[],
) {
  return { type, name, help, labels, ...(buckets && { buckets }) };
}
