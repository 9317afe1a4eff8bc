import type { Ending, TargetStatus } from "../../backends/backend.ts";
import { type CommandTarget, nameOf } from "../commands/command-text.ts";
import { safeText } from "../notify/safe-text.ts";
import { type Language, ofStage } from "../notify/texts.ts";
import { endReason, REASONS, type ReplyStyle } from "./replies.ts";

const SERVICE_STATES = ["OK", "WARNING", "CRITICAL", "UNKNOWN"];
const HOST_STATES = ["UP", "DOWN", "UNREACHABLE"];
const MAX_OUTPUT = 500;
const WORDS = {
  en: { acknowledged: "acknowledged", downtime: "in downtime" },
  de: { acknowledged: "bestätigt", downtime: "in Downtime" },
} as const;

/** `http - web1: **CRITICAL**, acknowledged` and the first line of the output. */
export function renderStatus(
  target: CommandTarget,
  found: TargetStatus | Ending,
  { language, stage }: ReplyStyle,
): string {
  const name = `${safeText(nameOf(target), MAX_OUTPUT)}${ofStage(stage)}`;
  if ("kind" in found) {
    const reason = "reason" in found ? `: ${safeText(found.reason, MAX_OUTPUT)}` : "";
    return `${name}: ✗ ${REASONS[reasonOf(found)][language]}${reason}`;
  }
  const states = target.service === undefined ? HOST_STATES : SERVICE_STATES;
  const facts = [
    `**${states[found.state] ?? found.state}**`,
    ...(found.isAcknowledged ? [WORDS[language].acknowledged] : []),
    ...(found.downtimes > 0 ? [WORDS[language].downtime] : []),
  ];
  const [line = ""] = found.output.split("\n", 1);
  const output = safeText(line, MAX_OUTPUT);
  return `${name}: ${facts.join(", ")}${output === "" ? "" : `\n${output}`}`;
}

function reasonOf(ending: Ending) {
  if (ending.kind === "other-end") return endReason(ending.until);
  return ending.kind === "done" || ending.kind === "already" ? "unverified" : ending.kind;
}

const HELP: Readonly<Record<Language, string>> = {
  en: `In the topic of an alert, after my name:
- \`ack [2h] [reason]\` and \`unack\`
- \`downtime 2h [reason]\` and \`cancel\`
- \`status\`, \`recheck\`, \`help\`

Anywhere: \`acknowledge###host###service###\`, \`downtime###host###service###1h###\`; for a host without the service.
Emoji on an alert: :ack: :1h: :8h: :1d: :7d:; take it away to undo it.`,
  de: `Im Topic einer Meldung, nach meinem Namen:
- \`ack [2h] [Grund]\` und \`unack\`
- \`downtime 2h [Grund]\` und \`cancel\`
- \`status\`, \`recheck\`, \`help\`

Überall: \`acknowledge###host###service###\`, \`downtime###host###service###1h###\`; für einen Host ohne den Service.
Emoji an einer Meldung: :ack: :1h: :8h: :1d: :7d:; wegnehmen macht es rückgängig.`,
};

const ISSUE_HELP: Readonly<Record<Language, string>> = {
  en: "- `issue [reason]` opens an issue in GitLab",
  de: "- `issue [Grund]` eröffnet ein Issue in GitLab",
};

export function renderHelp({ language, stage }: ReplyStyle, hasIssues: boolean): string {
  const text = stage === undefined ? HELP[language] : `(${stage}) ${HELP[language]}`;
  if (!hasIssues) return text;
  // Below the other words.
  return text.replace("\n\n", () => `\n${ISSUE_HELP[language]}\n\n`);
}
