import type { Alert } from "./alert.ts";

const PERFDATA = "the writer of perfdata {{ $labels.instance }}";
const NOTIFIER = "the notifier {{ $labels.instance }}";
const BOT = "the bot {{ $labels.instance }}";

/** What may go wrong with the programs beside the workers: perfdata, zulip-notifier and zulip-bot. */
export const PROGRAM_ALERTS: readonly Alert[] = [
  {
    name: "OmdNotificationsWait",
    severity: "critical",
    when: ["zulip_notifier_spool_oldest_seconds > 300"],
    during: "2m",
    summary: `a notification has waited for {{ $value | humanizeDuration }} in ${NOTIFIER}`,
    description:
      "Zulip has not taken it, so people are not told. Nothing is lost: notifications wait in the spool, and those that are older than max_age become a summary.",
    action:
      "`/readyz` of the notifier and its log say why: Zulip or the way to it is away, the key is refused (see OmdNotifierRefused), or so many come that Zulip's limit of requests holds them up.",
  },
  {
    name: "OmdNotifierRefused",
    severity: "critical",
    when: firstOrMore('zulip_notifier_failures_total{reason=~"unauthorized|refused"}', {
      by: "job, instance, reason",
    }),
    summary: `Zulip refuses ${NOTIFIER} ({{ $labels.reason }})`,
    description:
      "With unauthorized the key is wrong, and everything waits until it is right. With refused Zulip has refused a message, also in the usual stream: it lies in the folder set-aside of the spool.",
    action:
      "Look at the notifier's log. For unauthorized compare the key with that of the bot's settings in Zulip; the file is read for each request, so a new one needs no restart. For refused see whether the stream is there and the bot is subscribed to it.",
  },
  {
    name: "OmdPerfdataNotConnected",
    severity: "warning",
    when: ["max by (job, instance) (omd_perfdata_server_connected) == 0"],
    during: "2m",
    summary: `${PERFDATA} has no job server`,
    description: "No job server answers it, so perfdata waits in gearmand, and graphs have a gap meanwhile.",
    action:
      "Look at gearmand, at the `server` option of the writer, and at the network between them. In Kubernetes the NetworkPolicy must open the job servers.",
  },
  {
    name: "OmdPerfdataNotWritten",
    severity: "warning",
    when: ["omd_perfdata_target_up == 0"],
    during: "5m",
    summary: "perfdata cannot be written into the target {{ $labels.target }} by {{ $labels.instance }}",
    description:
      "The last write to the database did not succeed. Batches wait in the spool, or jobs in gearmand where there is none.",
    action:
      "The writer's log says what the database answers: it is away, it refuses the login, or it has no such database.",
  },
  {
    name: "OmdPerfdataWaits",
    severity: "warning",
    when: ["omd_perfdata_spool_oldest_seconds > 1800"],
    during: "5m",
    summary: "perfdata for the target {{ $labels.target }} has waited for {{ $value | humanizeDuration }}",
    description:
      "The spool is not emptied, and grows up to spool_max_size. After that jobs wait in gearmand, whose memory they take.",
    action: "See OmdPerfdataNotWritten. If the target takes batches, it is slower than they come.",
  },
  {
    name: "OmdPerfdataRefused",
    severity: "warning",
    when: ["increase(omd_perfdata_target_lines_rejected_total[15m]) > 0"],
    summary: "the target {{ $labels.target }} refuses lines of perfdata of {{ $labels.instance }}",
    description: "The database has refused lines, and they are lost.",
    action:
      "The log has the database's reason: most often a field had another type before, or the data is older than what the database keeps.",
  },
  {
    name: "OmdPerfdataUnreadable",
    severity: "warning",
    when: ["increase(omd_perfdata_jobs_unreadable_total[10m]) > 0"],
    summary: `${PERFDATA} cannot read jobs`,
    description:
      "They were failed, and their perfdata is lost. Most often core and writer have different keys.",
    action:
      "Compare `key` or `keyfile` and `encryption` of the writer with those of the core's module. It reads them at its start only.",
  },
  {
    name: "OmdBotSilent",
    severity: "warning",
    when: ["time() - zulip_bot_last_contact_timestamp_seconds > 300"],
    during: "2m",
    summary: `${BOT} has heard nothing of Zulip for {{ $value | humanizeDuration }}`,
    description: "Zulip tells of itself every minute. Buttons, emoji and words of people have no effect now.",
    action: "The bot's log and `/readyz` say why. It reads what was missed when it is connected again.",
  },
  {
    name: "OmdBotCannotAct",
    severity: "warning",
    when: ["zulip_bot_monitoring_up == 0"],
    during: "5m",
    summary: `${BOT} cannot reach the monitoring`,
    description:
      "The monitoring did not answer when somebody asked for something, who was told so. It is known again with the next wish.",
    action:
      "Look at the address and the login in `monitoring` of zulip-bot.conf, and whether Icinga 2, Thruk or livestatus answers there. A word to the bot, as `status`, tries it.",
  },
];

/** A series that is there for the first time has no increase yet. */
function firstOrMore(series: string, { by }: { readonly by: string }): readonly string[] {
  const [name = ""] = series.split("{");
  return [
    `sum by (${by}) (increase(${series}[15m])) > 0`,
    `or sum by (${by}) (`,
    `  ${series}`,
    `  unless ${name} offset 15m`,
    ") > 0",
  ];
}
