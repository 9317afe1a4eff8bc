import type { Alert } from "./alert.ts";

const QUEUE = "the queue {{ $labels.queue }}";

/** What may be wrong between the workers and gearmand. */
export const QUEUE_ALERTS: readonly Alert[] = [
  {
    name: "OmdWorkerNotConnected",
    severity: "critical",
    when: ["max by (job, instance) (gearman_worker_server_connected) == 0"],
    during: "2m",
    summary: "the worker {{ $labels.instance }} has no job server",
    description:
      "No job server of this worker answers, so it runs no checks, and its results wait. It tries again by itself.",
    action:
      "If all workers say so, look at gearmand. If only this one does, look at its `server` option and at the network between them: `omd-worker doctor` asks each server and says what it has found.",
  },
  {
    name: "OmdJobServerAway",
    severity: "warning",
    when: [
      "gearman_worker_server_connected == 0",
      "and on (job, instance) max by (job, instance) (gearman_worker_server_connected) == 1",
    ],
    during: "5m",
    summary: "{{ $labels.server }} does not answer the worker {{ $labels.instance }}",
    description:
      "One of several job servers is away. The others are served; jobs and results of this one wait.",
    action:
      "Look at gearmand on that machine, and at the network. If the server is gone for good, take it out of `server` and reload.",
  },
  {
    name: "OmdConnectionsBreak",
    severity: "warning",
    when: ["increase(gearman_worker_server_lost_total[15m]) > 3"],
    summary: "connections of the worker {{ $labels.instance }} to {{ $labels.server }} break",
    description:
      "The connection was lost several times within a quarter of an hour. Each time gearmand gives the jobs that ran back to their queue.",
    action:
      "Look whether gearmand restarts (its log, dmesg), and whether a firewall or a load balancer between them ends idle connections.",
  },
  {
    name: "OmdDupserverAway",
    severity: "warning",
    when: ["gearman_worker_dupserver_connected == 0"],
    during: "10m",
    summary: "the dupserver {{ $labels.server }} does not answer the worker {{ $labels.instance }}",
    description:
      "Copies of results wait for it, up to dupserver_backlog_queue_size. Beyond that the newest are lost. The results themselves are not held up.",
    action:
      "Look at gearmand on the dupserver, and at the network. If it is gone for good, take it out of `dupserver` and reload.",
  },
  {
    name: "OmdQueueWithoutWorker",
    severity: "critical",
    when: [
      "max by (job, server, queue) (",
      '  gearman_queue_jobs_waiting{queue!="check_results"} and gearman_queue_workers == 0',
      ") > 0",
    ],
    during: "2m",
    summary: `${QUEUE} has jobs and no worker`,
    description:
      "{{ $value }} jobs wait at {{ $labels.server }}, and nothing takes them: these checks are not run.",
    action:
      "Start the workers of this queue. For hostgroup_ and servicegroup_ queues look at `hostgroups` and `servicegroups` of the workers, and at the module's options on the core: both must name the group. A queue that is needed no more is removed with `gearadmin --drop-function`.",
  },
  {
    name: "OmdCoreTakesNoResults",
    severity: "critical",
    when: [
      "max by (job, server, queue) (",
      '  gearman_queue_jobs_waiting{queue="check_results"} and gearman_queue_workers == 0',
      ") > 0",
    ],
    during: "2m",
    summary: "the core takes no results from {{ $labels.server }}",
    description:
      "{{ $value }} results wait in check_results, and no core is connected to take them. Checks run, and nothing of them is seen.",
    action:
      "Look whether the core (Naemon, Nagios) runs and has loaded mod_gearman, and whether its module names this job server.",
  },
  {
    name: "OmdQueueStands",
    severity: "critical",
    when: [
      "max by (job, server, queue) (",
      "  gearman_queue_jobs_waiting and gearman_queue_workers > 0 and gearman_queue_jobs_running == 0",
      ") > 0",
    ],
    during: "5m",
    summary: `${QUEUE} stands still`,
    description:
      "{{ $value }} jobs wait at {{ $labels.server }}. Workers are registered, and none of them has taken a job for five minutes.",
    action:
      "`gearman_top` shows the queue, `omd-worker status` the workers. Workers that are registered and take nothing hang, or their connections are dead: restart them, one after the other.",
  },
  {
    name: "OmdQueueDeep",
    severity: "warning",
    when: [
      "max by (job, queue) (gearman_queue_jobs_waiting) > 100",
      "unless max by (job, queue) (gearman_queue_jobs_waiting)",
      "  <= 60 * sum by (job, queue) (rate(gearman_worker_jobs_total[5m]))",
    ],
    during: "10m",
    summary: `${QUEUE} is deep: {{ $value }} jobs wait`,
    description: "More jobs wait than the workers run in a minute, and it does not get better.",
    action:
      "See OmdSlotsExhausted and OmdTimeOuts for the cause. If the workers are simply too few, add some or raise max-worker.",
  },
  {
    name: "OmdQueueAtLimit",
    severity: "warning",
    when: [
      "rate(gearman_worker_jobs_limit_reached_seconds_total[10m]) > 0.95",
      "and on (job, queue) max by (job, queue) (gearman_queue_jobs_waiting) > 0",
    ],
    during: "5m",
    summary: `${QUEUE} is at its limit in the worker {{ $labels.instance }}, and jobs wait`,
    description:
      "For ten minutes as many of its jobs have run as queue_max_worker allows, nearly without a pause. The others wait in gearmand.",
    action:
      "If its checks hang, see OmdTimeOuts and the slowest checks on the status page. If they are well, raise the limit (`queue_max_worker`), as far as max-worker has room for the other queues, or let another worker serve the queue, too.",
  },
  {
    name: "OmdQueueLate",
    severity: "warning",
    when: [
      "histogram_quantile(0.95,",
      "  sum by (job, queue, le) (rate(gearman_worker_job_latency_seconds_bucket[5m]))",
      ") > 30",
    ],
    during: "5m",
    summary: `checks of ${QUEUE} start {{ $value | humanizeDuration }} late`,
    description: "One check in twenty starts later than that after the time the core has planned.",
    action:
      "If jobs wait in the queue, see OmdQueueDeep. If none does, the clocks of core and worker differ (timedatectl on both), or the core itself is late.",
  },
];
