import { Meter, type MeterRow } from "../../metrics-text/meter.ts";
import type { SpoolFolder } from "../../spool/spool-folder.ts";

/** What Prometheus is told of the notifier. */
export const NOTIFIER_METRICS = {
  messages: {
    name: "zulip_notifier_messages_total",
    type: "counter",
    help: "messages that Zulip has taken, by kind: single, digest (many at once), stale (too old)",
    labels: ["kind"],
  },
  notices: {
    name: "zulip_notifier_notices_total",
    type: "counter",
    help: "notifications that these messages had",
  },
  dropped: {
    name: "zulip_notifier_dropped_total",
    type: "counter",
    help: "notifications that a route drops",
  },
  setAside: {
    name: "zulip_notifier_set_aside_total",
    type: "counter",
    help: "notifications in the folder set-aside: nobody could read them, or Zulip refused them",
  },
  misplaced: {
    name: "zulip_notifier_misplaced_total",
    type: "counter",
    help: "messages in the usual stream, because Zulip refused the one of their route",
  },
  failures: {
    name: "zulip_notifier_failures_total",
    type: "counter",
    help: "attempts that failed, by reason",
    labels: ["reason"],
  },
  spooled: { name: "zulip_notifier_spool_entries", type: "gauge", help: "notifications that wait" },
  oldest: {
    name: "zulip_notifier_spool_oldest_seconds",
    type: "gauge",
    help: "how long the oldest of them has waited",
  },
  lastSuccess: {
    name: "zulip_notifier_last_success_timestamp_seconds",
    type: "gauge",
    help: "when Zulip took a message last",
  },
} as const satisfies Readonly<Record<string, MeterRow>>;

export type NotifierMeter = Meter<keyof typeof NOTIFIER_METRICS>;

/** What waits now, for a scrape: the notifier itself may be busy with one message for hours. */
export async function measureSpool(
  meter: NotifierMeter,
  spool: Pick<SpoolFolder, "names">,
  now: number,
): Promise<void> {
  const names = await spool.names();
  const oldest = names[0]?.time ?? now;
  meter.set("spooled", names.length);
  meter.set("oldest", Math.max(0, (now - oldest) / 1_000));
}

export function createNotifierMeter(): NotifierMeter {
  return new Meter(NOTIFIER_METRICS);
}
