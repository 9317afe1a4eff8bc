import { Meter, type MeterRow } from "../../metrics-text/meter.ts";

/** What Prometheus is told of the bot. */
export const BOT_METRICS = {
  wishes: {
    name: "zulip_bot_wishes_total",
    type: "counter",
    help: "what people asked for, by what it was and what became of it",
    labels: ["verb", "result"],
  },
  answers: {
    name: "zulip_bot_answers_total",
    type: "counter",
    help: "answers that Zulip has taken",
  },
  answersRefused: {
    name: "zulip_bot_answers_refused_total",
    type: "counter",
    help: "answers that Zulip has refused, which nobody will read",
  },
  events: {
    name: "zulip_bot_events_total",
    type: "counter",
    help: "events of Zulip, by kind: message, reaction, restart, other",
    labels: ["kind"],
  },
  registrations: {
    name: "zulip_bot_queue_registrations_total",
    type: "counter",
    help: "event queues that were registered: one at the start, and one after each restart of Zulip",
  },
  changes: {
    name: "zulip_bot_changes_total",
    type: "counter",
    help: "changes made elsewhere that were told (show_changes), by what it was",
    labels: ["what"],
  },
  changeFailures: {
    name: "zulip_bot_change_failures_total",
    type: "counter",
    help: "times that the monitoring could not be asked for changes made elsewhere, by reason: unavailable, forbidden",
    labels: ["reason"],
  },
  failures: {
    name: "zulip_bot_failures_total",
    type: "counter",
    help: "requests to Zulip that failed, by reason",
    labels: ["reason"],
  },
  lastContact: {
    name: "zulip_bot_last_contact_timestamp_seconds",
    type: "gauge",
    help: "when Zulip has told of events last; a heartbeat comes every minute",
  },
  monitoringUp: {
    name: "zulip_bot_monitoring_up",
    type: "gauge",
    help: "1: the monitoring answered when it was asked last",
  },
} as const satisfies Readonly<Record<string, MeterRow>>;

export type BotMeter = Meter<keyof typeof BOT_METRICS>;

export function createBotMeter(): BotMeter {
  return new Meter(BOT_METRICS);
}
