import type { Setting } from "../../../sdk/setting.ts";
import { INCLUDE, LIVE, noEffect, RECONNECT, RESTART } from "../option.ts";
import { CHECK_ROWS } from "../rows/checks.ts";
import { CORE_MODULE_ROWS } from "../rows/core-module.ts";
import { EVENT_HANDLER_ROWS } from "../rows/event-handlers.ts";
import { INTERPRETER_ROWS } from "../rows/interpreters.ts";
import { JOB_SERVER_ROWS } from "../rows/job-servers.ts";
import {
  INTERNAL_CHECK_ROWS,
  NATIVE_CHECK_ROWS,
  SHADOW_ROWS,
  SITE_CHECK_ROWS,
} from "../rows/native-checks.ts";
import { POOL_ROWS } from "../rows/pool.ts";
import { PROCESS_ROWS } from "../rows/process.ts";
import { PROFILING_ROWS } from "../rows/profiling.ts";
import { QUEUE_ROWS } from "../rows/queues.ts";
import { RESTRICTION_ROWS } from "../rows/restrictions.ts";
import { SEND_TOOL_ROWS } from "../rows/send-tools.ts";
import { TLS_ROWS } from "../rows/tls.ts";
import { type OptionGroup, use, useAll } from "../table.ts";
import { toOption } from "./setting-option.ts";

const GO_ONLY = noEffect("it inspects the Go worker's runtime");

const JOB_SERVERS = [
  ...use(JOB_SERVER_ROWS, {
    server: RECONNECT,
    dupserver: RECONNECT,
    dup_results_are_passive: LIVE,
    dupserver_backlog_queue_size: RECONNECT,
    result_max_age: LIVE,
    result_spool: RESTART,
    result_spool_max_size: LIVE,
    gearman_connection_timeout: RECONNECT,
    grab_interval: RECONNECT,
    encryption: LIVE,
    key: LIVE,
    keyfile: LIVE,
    accepted_key: LIVE,
    accepted_keyfile: LIVE,
    server_key: LIVE,
    server_keyfile: LIVE,
    dupserver_key: LIVE,
    dupserver_keyfile: LIVE,
  }),
  ...useAll(TLS_ROWS, RECONNECT),
];

const QUEUES = useAll(QUEUE_ROWS, RECONNECT);

const CHECKS = [...useAll(CHECK_ROWS, LIVE), ...useAll(NATIVE_CHECK_ROWS, LIVE)];

const RESTRICTIONS = use(RESTRICTION_ROWS, {
  restrict_path: LIVE,
  restrict_command_characters: LIVE,
  restrict_mode: LIVE,
  restrict_allow: LIVE,
  plugin_environment: RESTART,
  queue_user: LIVE,
  queue_limits: LIVE,
  native_checks_as_worker: LIVE,
});

const EVENT_HANDLERS = useAll(EVENT_HANDLER_ROWS, LIVE);

const NATIVE_CHECKS = [
  ...useAll(SHADOW_ROWS, LIVE),
  ...useAll(SITE_CHECK_ROWS, LIVE),
  ...use(INTERNAL_CHECK_ROWS, {
    internal_check_dummy: LIVE,
    internal_negate: LIVE,
    internal_check_nsc_web: LIVE,
    internal_check_prometheus: LIVE,
  }),
];

const POOL = use(POOL_ROWS, {
  "min-worker": LIVE,
  "max-worker": LIVE,
  queue_max_worker: LIVE,
  "idle-timeout": LIVE,
  "spawn-rate": LIVE,
  load_limit1: LIVE,
  load_limit5: LIVE,
  load_limit15: LIVE,
  load_cpu_multi: LIVE,
  mem_limit: LIVE,
  "max-jobs": noEffect("jobs run in one lasting process, there is nothing to replace"),
  "sink-rate": noEffect("an idle slot costs nearly nothing and is closed after idle-timeout"),
  "backgrounding-threshold": noEffect(
    "a job is completed only after its result was accepted; raise max-worker for slow checks",
  ),
  "num-result-worker": noEffect("one connection a server sends all results without waiting in between"),
  fork_on_exec: noEffect("plugins always run in processes of their own"),
});

const PROCESS = use(PROCESS_ROWS, {
  config: INCLUDE,
  identifier: RECONNECT,
  stage: LIVE,
  pidfile: RESTART,
  daemon: RESTART,
  control_socket: RESTART,
  shutdown_timeout: LIVE,
  reload_on_change: LIVE,
  debug: LIVE,
  logfile: LIVE,
  logmode: RESTART,
  log_format: RESTART,
  summary_interval: LIVE,
  "debug-result": LIVE,
});

const INTERPRETERS = use(INTERPRETER_ROWS, {
  enable_embedded_perl: LIVE,
  use_embedded_perl_implicitly: LIVE,
  use_perl_cache: noEffect("a plugin that has changed, or a module of its, is always noticed"),
  p1_file: noEffect("this worker brings its own"),
  warm_python: LIVE,
  warm_include: LIVE,
  warm_except: LIVE,
  warm_load: LIVE,
  warm_max: LIVE,
  warm_memory: LIVE,
});

const PROFILING = use(PROFILING_ROWS, {
  prometheus_server: RESTART,
  status_page: RESTART,
  status_page_auth: RESTART,
  "debug-profiler": GO_ONLY,
  cpuprofile: GO_ONLY,
  memprofile: GO_ONLY,
});

const CORE_MODULE = useAll(CORE_MODULE_ROWS, noEffect("the core module does this"));
const SEND_TOOLS = useAll(SEND_TOOL_ROWS, noEffect("the command line tools use it"));

/** The worker's own options: every key of worker.conf, of the other workers and of the core module. */
export const WORKER_OPTIONS = [
  ...JOB_SERVERS,
  ...QUEUES,
  ...CHECKS,
  ...NATIVE_CHECKS,
  ...RESTRICTIONS,
  ...EVENT_HANDLERS,
  ...POOL,
  ...PROCESS,
  ...INTERPRETERS,
  ...PROFILING,
  ...CORE_MODULE,
  ...SEND_TOOLS,
];

export type WorkerOption = (typeof WORKER_OPTIONS)[number];

/**
 * The worker's own options and the families' settings, under the headings of the help and the documentation.
 */
export function workerGroups(settings: readonly Setting[]): readonly OptionGroup[] {
  return [
    { title: "Job servers and encryption", options: JOB_SERVERS },
    { title: "Queues", options: QUEUES },
    { title: "Checks and results", options: [...CHECKS, ...settings.map(toOption), ...NATIVE_CHECKS] },
    { title: "Restrictions", options: RESTRICTIONS },
    { title: "Event handlers", options: EVENT_HANDLERS },
    { title: "Jobs at once", options: POOL },
    { title: "Process and log", options: PROCESS },
    { title: "Warm interpreters for Perl and Python plugins", options: INTERPRETERS },
    { title: "Metrics and profiling", options: PROFILING },
    { title: "Core module", options: CORE_MODULE },
    { title: "Sending tools", options: SEND_TOOLS },
  ];
}
