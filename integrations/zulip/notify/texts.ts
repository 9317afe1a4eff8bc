import type { Buttons } from "./buttons.ts";

export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];

/** What the notifier says itself. */
export interface Texts {
  /** As it is, unless `template` says otherwise. */
  readonly template: string;
  readonly buttons: Buttons;
  readonly digestTopic: string;
  readonly digest: (count: number) => string;
  readonly stale: (count: number, hours: string) => string;
  readonly times: (count: number) => string;
  /** A message that could not go where it should. */
  readonly misplaced: (stream: string, topic: string) => string;
}

const ENGLISH: Texts = {
  template:
    "Notification Type: **{label}** - {type} - {state}\\nOutput: {output}\\nComment: {remark}\\nMore: {link}\\nStage: {stage}",
  buttons: {
    heading: (what) => `Downtime for ${what}:`,
    durations: [
      ["1h", "1 hour"],
      ["8h", "8 hours"],
      ["1d", "1 day"],
      ["7d", "7 days"],
    ],
    acknowledge: "Acknowledge",
  },
  digestTopic: "Notifications, many at once",
  digest: (count) => `**${count} notifications** came at once:`,
  stale: (count, hours) =>
    `**${count} notifications** could not be sent for more than ${hours}. The last state of each:`,
  times: (count) => `(${count} times)`,
  misplaced: (stream, topic) =>
    `(meant for the stream ${stream}, topic ${topic}, which cannot be written to)`,
};

const GERMAN: Texts = {
  template:
    "Benachrichtigung: **{label}** - {type} - {state}\\nAusgabe: {output}\\nKommentar: {remark}\\nMehr: {link}\\nStufe: {stage}",
  buttons: {
    heading: (what) => `Downtime für ${what}:`,
    durations: [
      ["1h", "1 Stunde"],
      ["8h", "8 Stunden"],
      ["1d", "1 Tag"],
      ["7d", "7 Tage"],
    ],
    acknowledge: "Bestätigen",
  },
  digestTopic: "Viele Benachrichtigungen auf einmal",
  digest: (count) => `**${count} Benachrichtigungen** kamen auf einmal:`,
  stale: (count, hours) =>
    `**${count} Benachrichtigungen** konnten länger als ${hours} nicht gesendet werden. Der letzte Stand:`,
  times: (count) => `(${count}-mal)`,
  misplaced: (stream, topic) =>
    `(war für den Stream ${stream}, Thema ${topic} bestimmt, in den nicht geschrieben werden kann)`,
};

export const TEXTS: Readonly<Record<Language, Texts>> = { en: ENGLISH, de: GERMAN };

/** A reply of dev looks like none of prod. */
export function ofStage(stage: string | undefined): string {
  return stage === undefined ? "" : ` (${stage})`;
}
