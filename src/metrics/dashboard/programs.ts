import { lines, query, RATE, type Row } from "./panel.ts";

/** Programs are other instances than workers: the variable of these does not choose them. */
const PROGRAMS = 'job=~"$job"';

/** The programs beside the workers, where there are any. */
export const PROGRAM_ROW: Row = {
  title: "Perfdata and Zulip",
  isFolded: true,
  panels: [
    lines(
      {
        title: "Perfdata, lines",
        about: "A second, by target. Refused lines are lost.",
        unit: "none",
      },
      query(
        `sum by (target) (rate(omd_perfdata_target_lines_written_total{${PROGRAMS}}${RATE}))`,
        "{{target}}",
      ),
      query(
        `sum by (target) (rate(omd_perfdata_target_lines_rejected_total{${PROGRAMS}}${RATE})) > 0`,
        "{{target}}: refused",
      ),
    ),
    lines(
      { title: "Perfdata that waits", about: "How long the oldest batch has waited.", unit: "s" },
      query(`max by (target) (omd_perfdata_spool_oldest_seconds{${PROGRAMS}})`, "{{target}}"),
    ),
    lines(
      { title: "Notifications that wait", about: "How long the oldest has waited for Zulip.", unit: "s" },
      query(`zulip_notifier_spool_oldest_seconds{${PROGRAMS}}`, "{{instance}}"),
    ),
    lines(
      {
        title: "Notifications",
        about: "Within an hour: what Zulip has taken, and attempts that failed.",
        unit: "none",
      },
      query(`sum(increase(zulip_notifier_notices_total{${PROGRAMS}}[1h]))`, "taken"),
      query(`sum by (reason) (increase(zulip_notifier_failures_total{${PROGRAMS}}[1h])) > 0`, "{{reason}}"),
    ),
    lines(
      { title: "Wishes to the bot", about: "Within an hour, by what became of them.", unit: "none" },
      query(`sum by (result) (increase(zulip_bot_wishes_total{${PROGRAMS}}[1h])) > 0`, "{{result}}"),
    ),
    lines(
      { title: "The bot's last contact", about: "How long ago Zulip has told something.", unit: "s" },
      query(`time() - zulip_bot_last_contact_timestamp_seconds{${PROGRAMS}}`, "{{instance}}"),
    ),
  ],
};
