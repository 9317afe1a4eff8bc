import type { AlertCase } from "./alert-cases.ts";

const P = 'job="programs",instance="a:9051"';
const PROGRAM = { job: "programs", instance: "a:9051" };
const OLDEST = `zulip_notifier_spool_oldest_seconds{${P}}`;
const failures = (reason: string) => `zulip_notifier_failures_total{${P},reason="${reason}"}`;
const connected = (server: string) => `omd_perfdata_server_connected{${P},server="${server}"}`;
const ofTarget = (name: string) => `omd_perfdata_${name}{${P},target="main"}`;
const TARGET = { ...PROGRAM, target: "main" };
const UNREADABLE = `omd_perfdata_jobs_unreadable_total{${P}}`;
const CONTACT = `zulip_bot_last_contact_timestamp_seconds{${P}}`;
const MONITORING = `zulip_bot_monitoring_up{${P}}`;

/** The alerts of the programs beside the workers. */
export const PROGRAM_CASES: Readonly<Record<string, AlertCase>> = {
  OmdNotificationsWait: {
    fires: { series: { [OLDEST]: "0 400+0x9" }, at: 5, labels: PROGRAM, value: "6m 40s" },
    silent: {
      "Zulip takes them again": { series: { [OLDEST]: "400 400 0+0x9" }, at: 5 },
      "they have just come": { series: { [OLDEST]: "60+0x9" }, at: 5 },
    },
  },
  OmdNotifierRefused: {
    fires: {
      series: { [failures("unauthorized")]: "_ _ 1+0x9" },
      at: 5,
      labels: { ...PROGRAM, reason: "unauthorized" },
    },
    silent: {
      "Zulip is away, which OmdNotificationsWait tells": {
        series: { [failures("unreachable")]: "0+1x20" },
        at: 10,
      },
      "it was refused an hour ago": { series: { [failures("refused")]: "1+0x60" }, at: 50 },
    },
  },
  OmdPerfdataNotConnected: {
    fires: { series: { [connected("a")]: "0+0x9", [connected("b")]: "0+0x9" }, at: 4, labels: PROGRAM },
    silent: {
      "one of two is there": { series: { [connected("a")]: "0+0x9", [connected("b")]: "1+0x9" }, at: 4 },
    },
  },
  OmdPerfdataNotWritten: {
    fires: { series: { [ofTarget("target_up")]: "1 0+0x9" }, at: 8, labels: TARGET },
    silent: { "for two minutes": { series: { [ofTarget("target_up")]: "1 0 0 1+0x9" }, at: 8 } },
  },
  OmdPerfdataWaits: {
    fires: {
      series: { [ofTarget("spool_oldest_seconds")]: "3600+0x9" },
      at: 6,
      labels: TARGET,
      value: "1h 0m 0s",
    },
    silent: { "ten minutes": { series: { [ofTarget("spool_oldest_seconds")]: "600+0x9" }, at: 6 } },
  },
  OmdPerfdataRefused: {
    fires: {
      series: { [ofTarget("target_lines_rejected_total")]: "0+0x3 7+0x9" },
      at: 6,
      labels: TARGET,
    },
    silent: { "none any more": { series: { [ofTarget("target_lines_rejected_total")]: "7+0x9" }, at: 6 } },
  },
  OmdPerfdataUnreadable: {
    fires: { series: { [UNREADABLE]: "0+0x3 2+0x9" }, at: 6, labels: PROGRAM },
    silent: { "none any more": { series: { [UNREADABLE]: "2+0x9" }, at: 6 } },
  },
  OmdBotSilent: {
    fires: { series: { [CONTACT]: "0+0x20" }, at: 10, labels: PROGRAM, value: "10m 0s" },
    silent: { "a heartbeat comes every minute": { series: { [CONTACT]: "0+60x20" }, at: 10 } },
  },
  OmdBotCannotAct: {
    fires: { series: { [MONITORING]: "1 0+0x9" }, at: 8, labels: PROGRAM },
    silent: { "it could the next time": { series: { [MONITORING]: "1 0 0 1+0x9" }, at: 8 } },
  },
};
