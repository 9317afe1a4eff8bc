import type { Ending } from "../../backends/backend.ts";
import { type CommandTarget, nameOf } from "../commands/command-text.ts";
import { cutCharacters, safeText } from "../notify/safe-text.ts";
import { type Language, ofStage } from "../notify/texts.ts";
import { renderDuration } from "./duration.ts";
import type { Permission } from "./permissions.ts";
import type { BotCommand, Misunderstood, Verb } from "./read-command.ts";

/** How the bot answers: in which language, and of which stage it is. */
export interface ReplyStyle {
  readonly language: Language;
  readonly stage?: string | undefined;
}

type ActingVerb = Exclude<Verb, "status" | "issue" | "help">;

/** What was done, as the answers begin. People grep them: the English ones of the first two never change. */
const DONE: Readonly<Record<ActingVerb, Readonly<Record<Language, string>>>> = {
  acknowledge: { en: "Acknowledged", de: "Bestätigt:" },
  downtime: { en: "Set Downtime for", de: "Downtime gesetzt für" },
  unacknowledge: { en: "Removed acknowledgement of", de: "Bestätigung entfernt:" },
  cancel: { en: "Cancelled downtime for", de: "Downtime aufgehoben für" },
  recheck: { en: "Checking again", de: "Wird erneut geprüft:" },
};

export const REASONS = {
  "not-a-problem": { en: "there is no problem", de: "es gibt kein Problem" },
  "no-end-yet": {
    en: "it is already acknowledged, without an end. First unack",
    de: "es ist schon bestätigt, ohne Ende. Zuerst unack",
  },
  "other-end": {
    en: "it is already acknowledged, with another end. First unack",
    de: "es ist schon bestätigt, mit einem anderen Ende. Zuerst unack",
  },
  "unknown-end": {
    en: "it is already acknowledged, and the monitoring does not say until when. First unack",
    de: "es ist schon bestätigt, und das Monitoring sagt nicht, bis wann. Zuerst unack",
  },
  "unknown-object": {
    en: "the monitoring does not know it, or does not show it to the bot",
    de: "das Monitoring kennt es nicht oder zeigt es dem Bot nicht",
  },
  forbidden: { en: "the monitoring does not allow it", de: "das Monitoring erlaubt es nicht" },
  unavailable: { en: "the monitoring does not answer", de: "das Monitoring antwortet nicht" },
  unverified: { en: "not confirmed", de: "nicht bestätigt" },
  refused: { en: "you may not do that here", de: "das ist dir hier nicht erlaubt" },
  "too-long": { en: "the longest that you may set is", de: "am längsten erlaubt ist" },
  "unknown-verb": { en: "there is no command", de: "diesen Befehl gibt es nicht:" },
  "no-duration": { en: "for how long? For example: downtime 2h", de: "wie lange? Zum Beispiel: downtime 2h" },
  "bad-duration": {
    en: "is no duration: 30m, 2h, 1d and 1w are",
    de: "ist keine Dauer: 30m, 2h, 1d und 1w sind welche",
  },
  "no-end": {
    en: "stands behind the last ###. What belongs to the command ends with it, as in acknowledge###host###service###",
    de: "steht hinter dem letzten ###. Was zum Befehl gehört, endet damit, wie in acknowledge###host###service###",
  },
  "no-target": {
    en: "of which host or service? Write it in its topic, or acknowledge###host###service###",
    de: "welcher Host oder Service? Im Topic der Meldung schreiben, oder acknowledge###host###service###",
  },
  "too-late": {
    en: "nothing was done: this was asked for, or may have been, longer ago than",
    de: "es wurde nichts getan: das wurde vor längerer Zeit verlangt, oder vielleicht, als",
  },
  interrupted: {
    en: "the bot was ended while it did this, and goes on only within",
    de: "der Bot wurde dabei beendet, und macht nur weiter innerhalb von",
  },
  fault: { en: "the bot has a fault, its log says more", de: "der Bot hat einen Fehler, sein Log sagt mehr" },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>;

/** What the monitoring says of an object or of a failure may be long. */
const MAX_TEXT = 500;

/** `Acknowledged Sakuli_Connections - dummy_fkt_tests: ✓`, or `✗` and why. A host stands alone. */
export function renderEnding(
  verb: ActingVerb,
  target: CommandTarget,
  ending: Ending,
  { language, stage }: ReplyStyle,
): string {
  const said = `${DONE[verb][language]} ${safeText(nameOf(target), MAX_TEXT)}${ofStage(stage)}:`;
  switch (ending.kind) {
    case "done":
    case "already":
      return `${said} ✓`;
    case "other-end":
      return `${said} ✗ ${REASONS[endReason(ending.until)][language]}`;
    case "not-a-problem":
    case "unknown-object":
      return `${said} ✗ ${REASONS[ending.kind][language]}`;
    case "forbidden":
    case "unavailable":
    case "unverified":
      return `${said} ✗ ${REASONS[ending.kind][language]}: ${safeText(ending.reason, MAX_TEXT)}`;
  }
}

/** Why a core that has an acknowledgement does not get one with another end. */
export function endReason(until: number | undefined): "no-end-yet" | "other-end" | "unknown-end" {
  if (until === undefined) return "unknown-end";
  return until === 0 ? "no-end-yet" : "other-end";
}

export function renderRefusal(
  permission: Exclude<Permission, { kind: "allowed" }>,
  { verb }: Pick<BotCommand, "verb">,
  { language, stage }: ReplyStyle,
): string {
  const reason = REASONS[permission.kind][language];
  const limit = permission.kind === "too-long" ? ` ${renderDuration(permission.maxSeconds)}` : "";
  return `✗ ${verb}${ofStage(stage)}: ${reason}${limit}`;
}

/** Nothing is done for what may be from yesterday. */
export function renderTooLate(
  { maxAgeSeconds, isResumed }: Lateness,
  { language, stage }: ReplyStyle,
): string {
  const reason = REASONS[isResumed ? "interrupted" : "too-late"][language];
  return `✗${ofStage(stage)} ${reason} ${renderDuration(maxAgeSeconds)}`;
}

interface Lateness {
  readonly maxAgeSeconds: number;
  /** It may have been done before the bot ended. */
  readonly isResumed: boolean;
}

export function renderFault(verb: string, { language, stage }: ReplyStyle): string {
  return `✗ ${verb}${ofStage(stage)}: ${REASONS.fault[language]}`;
}

export function renderMisunderstood({ kind, word }: Misunderstood, { language, stage }: ReplyStyle): string {
  const reason = REASONS[kind][language];
  const no = `✗${ofStage(stage)}`;
  switch (kind) {
    case "unknown-verb":
      return `${no} ${reason} ${code(word)}. help`;
    case "bad-duration":
    case "no-end":
      return `${no} ${code(word)} ${reason}`;
    case "no-duration":
    case "no-target":
      return `${no} ${reason}`;
  }
}

function code(text: string): string {
  return `\`${cutCharacters(text.replace(/[`\p{Cc}]+/gu, " "), 60, "")}\``;
}
