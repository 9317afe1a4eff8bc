import { PROGRAM_CASES } from "./program-alert-cases.ts";

/** Series, each with its values minute by minute in promtool's notation. */
export type Series = Readonly<Record<string, string>>;

/** When an alert fires, and when it does not. */
export interface AlertCase {
  readonly fires: {
    readonly series: Series;
    /** Minutes after the start. */
    readonly at: number;
    readonly labels: Readonly<Record<string, string>>;
    /** The value as the texts show it. */
    readonly value?: string;
  };
  /** Each keeps silent, as its name says. */
  readonly silent: Readonly<Record<string, { readonly series: Series; readonly at: number }>>;
}

const W = 'job="workers",instance="a:9050"';
const WORKER = { job: "workers", instance: "a:9050" };
const SERVER = 'server="gm:4730"';
const QUEUE = `${W},${SERVER},queue="service"`;
const INFO = `gearman_worker_build_info{${W},version="1",node_version="v24"}`;
const ALWAYS = "1+0x100";

const waiting = (queue: string) => `gearman_queue_jobs_waiting{${W},${SERVER},queue="${queue}"}`;
const running = (queue: string) => `gearman_queue_jobs_running{${W},${SERVER},queue="${queue}"}`;
const workers = (queue: string) => `gearman_queue_workers{${W},${SERVER},queue="${queue}"}`;
const rejected = (reason: string) => `gearman_worker_jobs_rejected_total{${W},reason="${reason}"}`;
const latency = (le: string) => `gearman_worker_job_latency_seconds_bucket{${W},queue="service",le="${le}"}`;
const connected = (server: string) => `gearman_worker_server_connected{${W},server="${server}"}`;
const handlers = (result: string) =>
  `gearman_worker_event_handlers_total{${W},handler="restart",result="${result}"}`;
const ENDS = `gearman_worker_tls_certificate_expiry_timestamp_seconds{${W},certificate="client"}`;
const BEGINS = `gearman_worker_tls_certificate_start_timestamp_seconds{${W},certificate="client"}`;
const MISSING = `gearman_worker_plugins_missing_total{${W},check="check_x",reason="not-found"}`;
const DIFFERENT = `gearman_worker_shadow_runs_total{${W},check="check_tcp",result="different"}`;
const JOBS = `gearman_worker_jobs_total{${W},queue="service",type="service",via="plugin"}`;
const AT_LIMIT = `gearman_worker_jobs_limit_reached_seconds_total{${W},queue="service"}`;
const TIMED_OUT = `gearman_worker_jobs_timed_out_total{${W},queue="service"}`;

export const ALERT_CASES: Readonly<Record<string, AlertCase>> = {
  OmdWorkersGone: {
    fires: { series: { [INFO]: "1+0x5 stale" }, at: 12, labels: { job: "workers" } },
    silent: {
      "one of two is gone": {
        series: { [INFO]: "1+0x5 stale", [INFO.replace("a:", "b:")]: ALWAYS },
        at: 12,
      },
      "it was away for a minute": { series: { [INFO]: "1+0x5 stale 1+0x5" }, at: 8 },
    },
  },
  OmdWorkerDown: {
    fires: { series: { [INFO]: "1+0x3 stale", [`up{${W}}`]: "1+0x3 0+0x20" }, at: 12, labels: WORKER },
    silent: {
      "something else is down": {
        series: { [`up{job="db",instance="a:9050"}`]: "0+0x20", [INFO]: ALWAYS },
        at: 12,
      },
      "it is up": { series: { [INFO]: ALWAYS, [`up{${W}}`]: ALWAYS }, at: 12 },
    },
  },
  OmdWorkerRestarts: {
    fires: {
      series: { [INFO]: ALWAYS, [`process_start_time_seconds{${W}}`]: "1+0x9 2+0x9 3+0x9 4+0x20" },
      at: 40,
      labels: WORKER,
      value: "3",
    },
    silent: {
      "it has started twice": {
        series: { [INFO]: ALWAYS, [`process_start_time_seconds{${W}}`]: "1+0x9 2+0x9 3+0x30" },
        at: 40,
      },
      "another program restarts": {
        series: { [`process_start_time_seconds{job="db",instance="a:9050"}`]: "1+0x9 2+0x9 3+0x9 4+0x20" },
        at: 40,
      },
    },
  },
  OmdSlotsExhausted: {
    fires: {
      series: {
        [`modgearmanworker_workers_busy{${W}}`]: "10+0x20",
        [`gearman_worker_slots_max{${W}}`]: "10+0x20",
      },
      at: 15,
      labels: WORKER,
    },
    silent: {
      "a slot is free now and then": {
        series: {
          [`modgearmanworker_workers_busy{${W}}`]: "10+0x7 9 10+0x20",
          [`gearman_worker_slots_max{${W}}`]: "10+0x30",
        },
        at: 15,
      },
      "more slots may come": {
        series: {
          [`modgearmanworker_workers_busy{${W}}`]: "10+0x20",
          [`gearman_worker_slots_max{${W}}`]: "20+0x20",
        },
        at: 15,
      },
    },
  },
  OmdEventLoopBlocked: {
    fires: {
      series: { [INFO]: ALWAYS, [`nodejs_eventloop_lag_p99_seconds{${W}}`]: "2+0x20" },
      at: 8,
      labels: WORKER,
      value: "2s",
    },
    silent: {
      "it was late once": {
        series: { [INFO]: ALWAYS, [`nodejs_eventloop_lag_p99_seconds{${W}}`]: "0 2 0+0x20" },
        at: 8,
      },
      "another program of Node.js is late": {
        series: { [`nodejs_eventloop_lag_p99_seconds{${W}}`]: "2+0x20" },
        at: 8,
      },
    },
  },
  OmdFilesShort: {
    fires: {
      series: {
        [INFO]: ALWAYS,
        [`process_open_fds{${W}}`]: "95+0x20",
        [`process_max_fds{${W}}`]: "100+0x20",
      },
      at: 8,
      labels: WORKER,
      value: "95%",
    },
    silent: {
      "there are enough": {
        series: {
          [INFO]: ALWAYS,
          [`process_open_fds{${W}}`]: "50+0x20",
          [`process_max_fds{${W}}`]: "100+0x20",
        },
        at: 8,
      },
    },
  },
  OmdReloadFailed: {
    fires: {
      series: { [`gearman_worker_config_last_reload_successful{${W}}`]: "1+0x3 0+0x5" },
      at: 5,
      labels: WORKER,
    },
    silent: {
      "it was mended": {
        series: { [`gearman_worker_config_last_reload_successful{${W}}`]: "1 0 1+0x5" },
        at: 5,
      },
    },
  },
  OmdCertificateEnds: {
    fires: {
      // It has lived for 90 days, and ends on the tenth day of promtool's clock.
      series: { [ENDS]: "864000+0x200", [BEGINS]: "-6912000+0x200" },
      at: 70,
      labels: { ...WORKER, certificate: "client" },
      value: "9d 22h 50m 0s",
    },
    silent: {
      "a certificate of a day is renewed each day": {
        series: { [ENDS]: "43200+0x200", [BEGINS]: "-43200+0x200" },
        at: 70,
      },
      "it ends in a month": { series: { [ENDS]: "2592000+0x200", [BEGINS]: "-6912000+0x200" }, at: 70 },
    },
  },
  OmdWorkerDrained: {
    fires: {
      series: { [`gearman_worker_state{${W},state="drained"}`]: ALWAYS },
      at: 65,
      labels: { ...WORKER, state: "drained" },
    },
    silent: {
      "for half an hour": { series: { [`gearman_worker_state{${W},state="drained"}`]: ALWAYS }, at: 30 },
      "it is open": {
        series: {
          [`gearman_worker_state{${W},state="drained"}`]: "0+0x100",
          [`gearman_worker_state{${W},state="open"}`]: ALWAYS,
        },
        at: 65,
      },
    },
  },
  OmdSiteCheckSetAside: {
    fires: {
      series: { [`gearman_worker_site_files_set_aside{${W}}`]: "0 2+0x5" },
      at: 3,
      labels: WORKER,
      value: "2",
    },
    silent: {
      "there is none": { series: { [`gearman_worker_site_files_set_aside{${W}}`]: "0+0x5" }, at: 3 },
    },
  },
  OmdWorkerNotConnected: {
    fires: { series: { [connected("a")]: "1 0+0x9", [connected("b")]: "0+0x9" }, at: 5, labels: WORKER },
    silent: {
      "one of two answers": { series: { [connected("a")]: "0+0x9", [connected("b")]: "1+0x9" }, at: 5 },
      "it was away for a minute": { series: { [connected("a")]: "1+0x3 0 1+0x9" }, at: 5 },
    },
  },
  OmdJobServerAway: {
    fires: {
      series: { [connected("a")]: "0+0x9", [connected("b")]: "1+0x9" },
      at: 8,
      labels: { ...WORKER, server: "a" },
    },
    silent: {
      "all are away, which is another alert": {
        series: { [connected("a")]: "0+0x9", [connected("b")]: "0+0x9" },
        at: 8,
      },
    },
  },
  OmdConnectionsBreak: {
    fires: {
      series: { [`gearman_worker_server_lost_total{${W},${SERVER}}`]: "0+0x5 1+1x9" },
      at: 12,
      labels: { ...WORKER, server: "gm:4730" },
    },
    silent: {
      once: { series: { [`gearman_worker_server_lost_total{${W},${SERVER}}`]: "0+0x5 1+0x9" }, at: 12 },
    },
  },
  OmdDupserverAway: {
    fires: {
      series: { [`gearman_worker_dupserver_connected{${W},${SERVER}}`]: "1 0+0x20" },
      at: 14,
      labels: { ...WORKER, server: "gm:4730" },
    },
    silent: {
      "for five minutes": {
        series: { [`gearman_worker_dupserver_connected{${W},${SERVER}}`]: "1 0+0x20" },
        at: 6,
      },
    },
  },
  OmdQueueWithoutWorker: {
    fires: {
      series: { [waiting("hostgroup_x")]: "5+0x9", [workers("hostgroup_x")]: "0+0x9" },
      at: 5,
      labels: { job: "workers", server: "gm:4730", queue: "hostgroup_x" },
      value: "5",
    },
    silent: {
      "it has a worker": { series: { [waiting("service")]: "5+0x9", [workers("service")]: "1+0x9" }, at: 5 },
      "it has no jobs": { series: { [waiting("service")]: "0+0x9", [workers("service")]: "0+0x9" }, at: 5 },
      "it is the core's, which is another alert": {
        series: { [waiting("check_results")]: "5+0x9", [workers("check_results")]: "0+0x9" },
        at: 5,
      },
    },
  },
  OmdCoreTakesNoResults: {
    fires: {
      series: { [waiting("check_results")]: "50+0x9", [workers("check_results")]: "0+0x9" },
      at: 5,
      labels: { job: "workers", server: "gm:4730", queue: "check_results" },
      value: "50",
    },
    silent: {
      "the core takes them": {
        series: { [waiting("check_results")]: "50+0x9", [workers("check_results")]: "1+0x9" },
        at: 5,
      },
      "another queue has no worker": {
        series: { [waiting("service")]: "50+0x9", [workers("service")]: "0+0x9" },
        at: 5,
      },
    },
  },
  OmdQueueStands: {
    fires: {
      series: {
        [waiting("service")]: "3+0x9",
        [workers("service")]: "2+0x9",
        [running("service")]: "0+0x9",
      },
      at: 7,
      labels: { job: "workers", server: "gm:4730", queue: "service" },
      value: "3",
    },
    silent: {
      "jobs run": {
        series: {
          [waiting("service")]: "3+0x9",
          [workers("service")]: "2+0x9",
          [running("service")]: "0+0x3 1 0+0x4",
        },
        at: 7,
      },
    },
  },
  OmdQueueDeep: {
    fires: {
      series: { [`gearman_queue_jobs_waiting{${QUEUE}}`]: "500+0x30", [JOBS]: "0+60x30" },
      at: 20,
      labels: { job: "workers", queue: "service" },
      value: "500",
    },
    silent: {
      "the workers run more in a minute": {
        series: { [`gearman_queue_jobs_waiting{${QUEUE}}`]: "500+0x30", [JOBS]: "0+600x30" },
        at: 20,
      },
      "few wait": { series: { [`gearman_queue_jobs_waiting{${QUEUE}}`]: "50+0x30" }, at: 20 },
    },
  },
  OmdQueueAtLimit: {
    fires: {
      series: { [AT_LIMIT]: "0+60x30", [waiting("service")]: "5+0x30" },
      at: 20,
      labels: { ...WORKER, queue: "service" },
    },
    silent: {
      "it pauses for more than one second in twenty": {
        series: { [AT_LIMIT]: "0+50x30", [waiting("service")]: "5+0x30" },
        at: 20,
      },
      "no job waits": { series: { [AT_LIMIT]: "0+60x30", [waiting("service")]: "0+0x30" }, at: 20 },
      "it was so for five minutes": {
        series: { [AT_LIMIT]: "0+60x5 300+0x30", [waiting("service")]: "5+0x30" },
        at: 12,
      },
    },
  },
  OmdQueueLate: {
    fires: {
      series: { [latency("30")]: "0+0x30", [latency("60")]: "0+10x30", [latency("+Inf")]: "0+10x30" },
      at: 15,
      labels: { job: "workers", queue: "service" },
      value: "58.5s",
    },
    silent: {
      "they start in time": {
        series: { [latency("1")]: "0+10x30", [latency("60")]: "0+10x30", [latency("+Inf")]: "0+10x30" },
        at: 15,
      },
    },
  },
  OmdJobsUnreadable: {
    fires: {
      series: { [rejected("wrong-key")]: "0+0x5 1+0x9" },
      at: 8,
      labels: { ...WORKER, reason: "wrong-key" },
    },
    silent: {
      "too old ones are another alert": { series: { [rejected("too-old")]: "0+0x5 1+0x9" }, at: 8 },
      "it was long ago": { series: { [rejected("wrong-key")]: "0 1+0x40" }, at: 30 },
    },
  },
  OmdJobsTooOld: {
    fires: { series: { [rejected("too-old")]: "0+0x5 1+0x9" }, at: 8, labels: WORKER },
    silent: { "it was long ago": { series: { [rejected("too-old")]: "0 1+0x40" }, at: 30 } },
  },
  OmdJobsRefused: {
    fires: {
      series: { [`gearman_worker_jobs_refused_total{${W},rule="nul-byte"}`]: "0+0x5 1+0x9" },
      at: 8,
      labels: { ...WORKER, rule: "nul-byte" },
    },
    silent: {
      none: { series: { [`gearman_worker_jobs_refused_total{${W},rule="nul-byte"}`]: "7+0x20" }, at: 8 },
      "it is a dry run": {
        series: { [`gearman_worker_jobs_refused_total{${W},rule="handler-dry-run"}`]: "0+0x5 1+0x9" },
        at: 8,
      },
    },
  },
  OmdEventHandlerFails: {
    fires: {
      series: { [handlers("failed")]: "_x5 1+0x20" },
      at: 8,
      labels: { job: "workers", handler: "restart" },
    },
    silent: {
      "it was long ago": { series: { [handlers("timed-out")]: "0 1+0x60" }, at: 40 },
      "it was refused": { series: { [handlers("refused")]: "0+0x5 1+0x20" }, at: 8 },
      "all went well, from the first on": {
        series: { [handlers("ok")]: "_x5 1+0x20", [handlers("failed")]: "_x5 0+0x20" },
        at: 8,
      },
    },
  },
  OmdEventHandlerTooOften: {
    fires: {
      series: { [handlers("too-often")]: "0+0x5 4+0x20" },
      at: 8,
      labels: { job: "workers", handler: "restart" },
    },
    silent: { "it was long ago": { series: { [handlers("too-often")]: "0 1+0x60" }, at: 40 } },
  },
  OmdTimeOuts: {
    fires: {
      series: { [TIMED_OUT]: "0+20x40", [JOBS]: "0+100x40" },
      at: 25,
      labels: { job: "workers", queue: "service" },
      value: "20%",
    },
    silent: {
      "one in twenty": { series: { [TIMED_OUT]: "0+5x40", [JOBS]: "0+100x40" }, at: 25 },
      "no job at all": { series: { [TIMED_OUT]: "0+0x40", [JOBS]: "0+0x40" }, at: 25 },
    },
  },
  OmdPluginMissing: {
    fires: {
      series: { [MISSING]: "_x4 1+0x9" },
      at: 8,
      labels: { ...WORKER, check: "check_x", reason: "not-found" },
    },
    silent: { "it was long ago": { series: { [MISSING]: "1+0x60" }, at: 40 } },
  },
  OmdShadowDiffers: {
    fires: {
      series: { [DIFFERENT]: "0+0x5 1+0x20" },
      at: 20,
      labels: { job: "workers", check: "check_tcp" },
    },
    silent: {
      "they agree": { series: { [DIFFERENT]: "0+0x30" }, at: 20 },
      "it was long ago": { series: { [DIFFERENT]: "3+0x200" }, at: 150 },
    },
  },
  OmdResultsWait: {
    fires: {
      series: { [`gearman_worker_outbox_oldest_seconds{${W}}`]: "90+0x9" },
      at: 3,
      labels: WORKER,
      value: "1m 30s",
    },
    silent: {
      "for half a minute": { series: { [`gearman_worker_outbox_oldest_seconds{${W}}`]: "30+0x9" }, at: 3 },
    },
  },
  OmdOutboxFull: {
    fires: {
      series: { [`gearman_worker_outbox_results{${W}}`]: "4500+0x9" },
      at: 3,
      labels: WORKER,
      value: "4500",
    },
    silent: { "there is room": { series: { [`gearman_worker_outbox_results{${W}}`]: "400+0x9" }, at: 3 } },
  },
  OmdSpoolFailing: {
    fires: {
      series: { [`gearman_worker_spool_failing{${W}}`]: "1+0x9" },
      at: 4,
      labels: WORKER,
    },
    silent: {
      "for a minute": { series: { [`gearman_worker_spool_failing{${W}}`]: "0 1 1 0 0 0" }, at: 3 },
    },
  },
  OmdResultsLost: {
    fires: {
      series: { [`gearman_worker_jobs_failed_total{${W}}`]: "0+0x3 1+0x9" },
      at: 6,
      labels: WORKER,
    },
    silent: { none: { series: { [`gearman_worker_jobs_failed_total{${W}}`]: "3+0x9" }, at: 6 } },
  },
  ...PROGRAM_CASES,
};
