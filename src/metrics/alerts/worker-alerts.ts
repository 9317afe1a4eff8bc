import type { Alert } from "./alert.ts";

const WORKER = "the worker {{ $labels.instance }}";

/**
 * What may be wrong with a worker itself. Metrics that other programs have, too, count only where they are a
 * worker's.
 */
export const WORKER_ALERTS: readonly Alert[] = [
  {
    name: "OmdWorkersGone",
    severity: "critical",
    when: [
      "group by (job) (last_over_time(gearman_worker_build_info[1d]))",
      "unless group by (job) (gearman_worker_build_info)",
    ],
    during: "3m",
    summary: "no worker of {{ $labels.job }} is there any more",
    description:
      "Prometheus has scraped workers of the job {{ $labels.job }} during the last day, and scrapes none of them now. If no other worker serves their queues, no check runs. The alert ends by itself after a day.",
    action:
      "Look whether the workers run (systemctl status, kubectl get pods) and what their logs say last. If they run, Prometheus does not reach prometheus_server: look at its page of targets.",
  },
  {
    name: "OmdWorkerDown",
    severity: "warning",
    when: ["up == 0", "and on (job, instance) last_over_time(gearman_worker_build_info[1d])"],
    during: "5m",
    summary: `${WORKER} does not answer Prometheus`,
    description:
      "A worker that was scraped during the last day does not answer. It has ended, or its port is not reached.",
    action:
      "Look whether the process runs, and at the end of its log. `omd-worker doctor` with the worker's options says whether one could start there.",
  },
  {
    name: "OmdWorkerRestarts",
    severity: "warning",
    when: ["changes(process_start_time_seconds[1h]) > 2", "and on (job, instance) gearman_worker_build_info"],
    summary: `${WORKER} has restarted {{ $value }} times within an hour`,
    description:
      "The worker ends again and again. Checks that ran at such a moment were run a second time by another worker.",
    action:
      "Read the last lines of its log before each start. Killed by the kernel: give it more memory (dmesg, kubectl describe pod). Ended by a liveness probe: the event loop was blocked, see OmdEventLoopBlocked.",
  },
  {
    name: "OmdSlotsExhausted",
    severity: "warning",
    when: ["modgearmanworker_workers_busy >= gearman_worker_slots_max"],
    during: "10m",
    summary: `${WORKER} has had no free slot for ten minutes`,
    description:
      "All slots up to max-worker are busy, so jobs wait in their queues. Either there are more checks than this worker can run, or many of them take long.",
    action:
      "`omd-worker jobs` shows what runs and for how long. If slow checks fill the slots, see OmdTimeOuts. Otherwise raise max-worker, or add a worker.",
  },
  {
    name: "OmdEventLoopBlocked",
    severity: "warning",
    when: ["nodejs_eventloop_lag_p99_seconds > 0.5", "and on (job, instance) gearman_worker_build_info"],
    during: "5m",
    summary: `${WORKER} is late by {{ $value | humanizeDuration }}`,
    description:
      "The worker's only thread is busy for longer than it should be, so checks answered inside the worker and results are late. The cause is one of its own checks, or a machine with too little CPU.",
    action:
      "The log names the check that kept the worker busy for more than a second. Switch it off with native_checks_except until it is mended. If the log names none, look at the CPU of the machine, or at the CPU limit of the pod.",
  },
  {
    name: "OmdFilesShort",
    severity: "warning",
    when: ["process_open_fds / process_max_fds > 0.9", "and on (job, instance) gearman_worker_build_info"],
    during: "5m",
    summary: `${WORKER} has {{ $value | humanizePercentage }} of its open files in use`,
    description:
      "The worker soon cannot open files or connections. Jobs that cannot be started then wait, and fewer are taken.",
    action:
      "Raise LimitNOFILE of the unit (or ulimit -n), or lower max-worker. docs/running.md tells how many files are needed.",
  },
  {
    name: "OmdReloadFailed",
    severity: "warning",
    when: ["gearman_worker_config_last_reload_successful == 0"],
    summary: `${WORKER} could not read its configuration`,
    description:
      "The last reload failed. The worker goes on with the configuration it had; after a restart it would not start at all.",
    action:
      "`omd-worker config check FILE` says what is wrong, with file, line and what to do. Then reload again.",
  },
  {
    name: "OmdCertificateEnds",
    severity: "warning",
    when: [
      "gearman_worker_tls_certificate_expiry_timestamp_seconds - time() < 14 * 86400",
      "and gearman_worker_tls_certificate_expiry_timestamp_seconds - time()",
      "  < (gearman_worker_tls_certificate_expiry_timestamp_seconds",
      "    - gearman_worker_tls_certificate_start_timestamp_seconds) / 5",
    ],
    during: "1h",
    summary:
      "a certificate ({{ $labels.certificate }}) of {{ $labels.instance }} ends in {{ $value | humanizeDuration }}",
    description:
      "A certificate for connections to job servers is in its last two weeks, and in the last fifth of its life: client is tls_certificate, ca the one of tls_ca_file that counts longest. When it has ended, no new connection to a job server is made, and a worker with it does not start.",
    action:
      "Renew it. The worker takes new files over with `omd-worker reload`, with HUP, or by itself with reload_on_change=yes; look there if cert-manager or the like has renewed it already. `omd-worker doctor` also shows the certificates of the job servers.",
  },
  {
    name: "OmdWorkerDrained",
    severity: "info",
    when: ['gearman_worker_state{state="drained"} == 1'],
    during: "1h",
    summary: `${WORKER} has been drained for an hour`,
    description:
      "Somebody has told the worker to take no more jobs (`omd-worker drain`), and has perhaps forgotten it.",
    action: "`omd-worker resume`, if the maintenance is over.",
  },
  {
    name: "OmdSiteCheckSetAside",
    severity: "warning",
    when: ["gearman_worker_site_files_set_aside > 0"],
    summary: `${WORKER} has set aside {{ $value }} files of the site's own checks`,
    description:
      "A file of the site's checks has ended its thread three times in a row, so its checks are not answered inside the worker until it changes.",
    action:
      "`omd-worker status` names the file and what it did. Mend it, or take it away; a changed file is read anew.",
  },
];
