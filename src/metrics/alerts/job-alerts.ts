import type { Alert } from "./alert.ts";

const WORKER = "the worker {{ $labels.instance }}";

/** What may go wrong with jobs and their results. */
export const JOB_ALERTS: readonly Alert[] = [
  {
    name: "OmdJobsUnreadable",
    severity: "critical",
    when: [
      'sum by (job, instance, reason) (increase(gearman_worker_jobs_rejected_total{reason!="too-old"}[10m])) > 0',
    ],
    summary: `${WORKER} cannot read jobs ({{ $labels.reason }})`,
    description:
      "Jobs were failed because they could not be read: these checks are not run. Most often core and worker have different keys (wrong-key), or one of them does not encrypt (clear-text, encrypted).",
    action:
      "Compare `key` or `keyfile` and `encryption` of the worker with those of the core's module. The log has a line for each kind, with the queue and the job server. check_gearman with --keyfile and -q finds workers that have another key.",
  },
  {
    name: "OmdJobsTooOld",
    severity: "warning",
    when: [
      'sum by (job, instance) (increase(gearman_worker_jobs_rejected_total{reason="too-old"}[10m])) > 0',
    ],
    summary: `${WORKER} throws away jobs that are too old`,
    description: "Jobs have waited for longer than max-age, so they were answered with UNKNOWN and not run.",
    action:
      "After an outage this ends by itself. Otherwise see OmdQueueDeep and OmdQueueLate; a clock that is wrong does it, too.",
  },
  {
    name: "OmdJobsRefused",
    severity: "warning",
    when: [
      'sum by (job, instance, rule) (increase(gearman_worker_jobs_refused_total{rule!~"handler-dry-run|handler-too-often"}[15m])) > 0',
    ],
    summary: `${WORKER} refuses commands ({{ $labels.rule }})`,
    description: "Commands were not started, because a rule forbids them, and their checks are UNKNOWN.",
    action:
      "The log names the job and the rule. `omd-worker check --explain -- COMMAND` says the same. Widen restrict_path if the command is right; otherwise somebody sends commands that they should not.",
  },
  {
    name: "OmdEventHandlerFails",
    severity: "warning",
    when: handlersThatEnded("failed|timed-out"),
    summary: "the event handler {{ $labels.handler }} fails",
    description:
      "It has ended with a return code other than 0, by a signal or by its time-out, or it could not be started. The core is not told of it, so what it should have mended may still be broken.",
    action:
      "`omd-worker handlers report` shows its last failure, with host and service; eventhandler_log and the worker's log have each run.",
  },
  {
    name: "OmdEventHandlerTooOften",
    severity: "warning",
    when: handlersThatEnded("too-often"),
    summary: "the event handler {{ $labels.handler }} is called more often than eventhandler_rate allows",
    description: "Runs beyond the rate are refused and not made up for later.",
    action:
      "See which check calls it (`omd-worker handlers report`, eventhandler_log): most often one flaps, or the handler does not mend what it should. If all is well, raise eventhandler_rate.",
  },
  {
    name: "OmdTimeOuts",
    severity: "warning",
    when: [
      "sum by (job, queue) (rate(gearman_worker_jobs_timed_out_total[10m]))",
      "  / sum by (job, queue) (rate(gearman_worker_jobs_total[10m])) > 0.1",
    ],
    during: "10m",
    summary: "{{ $value | humanizePercentage }} of the checks of the queue {{ $labels.queue }} time out",
    description:
      "More than one check in ten is ended because its time is up. Each holds a slot for its whole time, so the others get late.",
    action:
      "The log names them (timeout hit for …), the status page the slowest checks. Most often one device, network or name server does not answer: look what these checks have in common.",
  },
  {
    name: "OmdPluginMissing",
    severity: "warning",
    when: [
      "sum by (job, instance, check, reason) (increase(gearman_worker_plugins_missing_total[15m])) > 0",
      "or sum by (job, instance, check, reason) (",
      "  gearman_worker_plugins_missing_total unless gearman_worker_plugins_missing_total offset 15m",
      ") > 0",
    ],
    summary: `{{ $labels.check }} cannot be started by ${WORKER} ({{ $labels.reason }})`,
    description:
      "The command ended with 127 (not found) or 126 (not executable). Most often the plugin is not installed on this worker, or its interpreter is missing.",
    action:
      "Install the plugin where this worker runs, or mend its rights and the first line that names its interpreter. The output of the check in the core names its path.",
  },
  {
    name: "OmdShadowDiffers",
    severity: "info",
    when: [
      'sum by (job, check) (increase(gearman_worker_shadow_runs_total{result="different"}[1h])) > 0',
      "or sum by (job, check) (",
      '  gearman_worker_shadow_runs_total{result="different"}',
      "  unless gearman_worker_shadow_runs_total offset 1h",
      ") > 0",
    ],
    summary: "the worker's own {{ $labels.check }} answers other than the plugin",
    description: "In shadow mode both have answered, and the answers differ. The core has had the plugin's.",
    action:
      "`omd-worker shadow report` shows both answers. Leave this check out of native_checks until the cause is known.",
  },
  {
    name: "OmdResultsWait",
    severity: "critical",
    when: ["gearman_worker_outbox_oldest_seconds > 60"],
    during: "1m",
    summary: `a result of ${WORKER} has waited for {{ $value | humanizeDuration }}`,
    description:
      "No job server has accepted it. Results are kept and sent later, but the core does not see them now.",
    action:
      "See OmdWorkerNotConnected. If the worker is connected, gearmand does not take results: look at its log and at the memory of its machine.",
  },
  {
    name: "OmdOutboxFull",
    severity: "critical",
    when: ["gearman_worker_outbox_results > 4000"],
    during: "1m",
    summary: `{{ $value }} results wait in ${WORKER}`,
    description:
      "With 5,000 results of its jobs waiting, or fewer long ones, a job server is asked for no more: checks are not run then.",
    action: "As for OmdResultsWait.",
  },
  {
    name: "OmdSpoolFailing",
    severity: "warning",
    when: ["gearman_worker_spool_failing > 0"],
    during: "2m",
    summary: `${WORKER} cannot write its result_spool`,
    description:
      "Results that wait for a job server are kept in memory only: if the worker is killed before they are delivered, they are lost.",
    action:
      "The log says why, as does `omd-worker status`: most often the disk is full or read-only. The worker tries again every ten seconds.",
  },
  {
    name: "OmdResultsLost",
    severity: "critical",
    when: ["increase(gearman_worker_jobs_failed_total[10m]) > 0"],
    summary: `${WORKER} has lost results`,
    description:
      "No job server took results for result_max_age (ten minutes), or refused them for a minute, or the worker has a fault, so the jobs were failed: the core gets no result of them, and orders the checks again.",
    action:
      "The log says `a result is dropped` after an outage of gearmand, else `cannot finish a job` and why. If gearmand refuses results, look at its log; a fault of the worker should be reported.",
  },
];

/** A handler that has ended so for the first time was not there before: that is no increase. */
function handlersThatEnded(results: string): readonly string[] {
  const series = `gearman_worker_event_handlers_total{result=~"${results}"}`;
  return [
    `sum by (job, handler) (increase(${series}[15m])) > 0`,
    "or sum by (job, handler) (",
    `  ${series}`,
    "  unless gearman_worker_event_handlers_total offset 15m",
    ") > 0",
  ];
}
