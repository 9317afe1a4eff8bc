import type { Backend } from "../../backends/backend.ts";
import { nameOf } from "../commands/command-text.ts";
import { safeText } from "../notify/safe-text.ts";
import { type Language, ofStage } from "../notify/texts.ts";
import { type IssueFacts, planIssue } from "./issue-text.ts";
import type { IssueTracker, Opened } from "./tracker.ts";

type Ended = Opened | { readonly kind: "unknown-object" };
type Wanted = Omit<IssueFacts, "status">;

export interface IssueContext {
  readonly tracker: IssueTracker;
  readonly backend: Pick<Backend, "status">;
  readonly language: Language;
}

const MAX_TEXT = 500;
const TEXTS = {
  done: { en: "Opened an issue for", de: "Issue eröffnet für" },
  already: { en: "There is an open issue for", de: "Es gibt ein offenes Issue für" },
  "unknown-object": {
    en: "the monitoring does not know it, or does not show it to the bot",
    de: "das Monitoring kennt es nicht oder zeigt es dem Bot nicht",
  },
  forbidden: { en: "GitLab does not allow it", de: "GitLab erlaubt es nicht" },
  unavailable: { en: "GitLab does not answer", de: "GitLab antwortet nicht" },
} as const satisfies Readonly<Record<Ended["kind"], Readonly<Record<Language, string>>>>;

/**
 * Opens an issue with what the monitoring knows. If the monitoring does not answer, the issue is opened all
 * the same: that may be the reason for it.
 */
export async function openIssue(
  wanted: Wanted,
  { tracker, backend, language }: IssueContext,
): Promise<{ readonly text: string; readonly result: Ended["kind"] }> {
  const status = await backend.status(wanted.target);
  const isUnknown = "kind" in status && status.kind === "unknown-object";
  const ended: Ended = isUnknown
    ? { kind: "unknown-object" }
    : await tracker.open(planIssue({ ...wanted, status }));
  return { text: renderOpened(wanted, ended, language), result: ended.kind };
}

/** `Opened an issue for http - web1: ✓ [operation/orders#7](https://…)`, or `✗` and why. */
function renderOpened({ target, stage }: Wanted, ended: Ended, language: Language): string {
  const name = `${nameOf(target)}${ofStage(stage)}`;
  const about = (kind: "done" | "already") => `${TEXTS[kind][language]} ${safeText(name, MAX_TEXT)}:`;
  switch (ended.kind) {
    case "done":
    case "already":
      return `${about(ended.kind)} ✓ [${safeText(ended.issue.name, MAX_TEXT)}](${linkTo(ended.issue.url)})`;
    case "unknown-object":
      return `${about("done")} ✗ ${TEXTS[ended.kind][language]}`;
    case "forbidden":
    case "unavailable":
      return `${about("done")} ✗ ${TEXTS[ended.kind][language]}: ${safeText(ended.reason, MAX_TEXT)}`;
  }
}

/** A bracket would end the link. */
function linkTo(url: string): string {
  return url.replaceAll("(", "%28").replaceAll(")", "%29");
}
