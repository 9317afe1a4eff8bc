import type { Change } from "../../backends/changes/change.ts";
import { nameOf } from "../commands/command-text.ts";
import { safeText } from "../notify/safe-text.ts";
import { type Language, ofStage } from "../notify/texts.ts";

const WORDS: Readonly<Record<Change["what"], Readonly<Record<Language, string>>>> = {
  acknowledged: { en: "was acknowledged", de: "wurde bestätigt" },
  unacknowledged: { en: "is not acknowledged any more", de: "ist nicht mehr bestätigt" },
  downtime: { en: "has a downtime", de: "hat eine Downtime" },
  "downtime-removed": { en: "has lost a downtime", de: "hat eine Downtime verloren" },
};
const UNTIL: Readonly<Record<Language, string>> = { en: "until", de: "bis" };
const MAX_NAME = 300;
/** Of JavaScript's dates. */
const LAST_SECOND = 8.64e12;
const MAX_COMMENT = 500;

/** `http - web1 was acknowledged (Anna: on it), until <time:…>` */
export function renderChange(
  { what, target, author, comment, endsAt }: Change,
  { language, stage }: { readonly language: Language; readonly stage?: string | undefined },
): string {
  const name = safeText(nameOf(target), MAX_NAME);
  const isOver = what === "downtime-removed" || what === "unacknowledged";
  const time = endsAt === undefined || isOver ? "" : renderTime(endsAt);
  const end = time === "" ? "" : `, ${UNTIL[language]} ${time}`;
  const said = [author, comment].filter((text) => text !== "").join(": ");
  const remark = said === "" ? "" : ` (${safeText(said, MAX_COMMENT)})`;
  return `${name}${ofStage(stage)} ${WORDS[what][language]}${end}${remark}`;
}

/** Zulip shows it in the reader's time. Empty: no calendar has it. */
function renderTime(seconds: number): string {
  if (Math.abs(seconds) > LAST_SECOND || Number.isNaN(seconds)) return "";
  return `<time:${new Date(seconds * 1_000).toISOString().replace(/\.\d+Z$/, "Z")}>`;
}
