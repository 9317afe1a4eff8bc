import { withoutControls } from "../../byte-string.ts";
import type { Amount, ReasonAmount, SurveySummary } from "../summary.ts";
import type { SurveyedCheck } from "../survey.ts";
import { describeCounts, describeWorth, renderCores, renderObject, renderShare, WAY_WORDS } from "./words.ts";

/** Reasons that a terminal shows; JSON and the page have all. */
const MAX_REASONS = 40;

/** The survey for a terminal. `table` sets columns side by side. */
export function renderSurvey(summary: SurveySummary, table: RenderTable): string {
  const { all, ways, reasons } = summary;
  const shown = reasons.slice(0, MAX_REASONS);
  const more = reasons.slice(MAX_REASONS).reduce((sum, { checks }) => sum + checks, 0);
  return [
    ...describeCounts(summary).map((line) => `${line}\n`),
    "\n",
    table(
      ["WAY", "CHECKS", "%", "CPU NOW", "CPU THEN"],
      [
        ...ways.map((way) => [WAY_WORDS[way.via], ...amountCells(way, all)]),
        ["in all", ...amountCells(all, all)],
      ],
    ),
    ...(reasons.length === 0 ? [] : ["\nWhy not natively:\n", table(REASON_HEAD, shown.map(reasonCells))]),
    ...(more === 0
      ? []
      : [`and ${more} checks for ${reasons.length - shown.length} more reasons (--json has all)\n`]),
    "\n",
    ...describeWorth(summary).map((line) => `${line}\n`),
  ].join("");
}

export type RenderTable = (head: readonly string[], rows: readonly (readonly string[])[]) => string;

function amountCells({ checks, nowCores, thenCores }: Amount, all: Amount): readonly string[] {
  return [String(checks), renderShare(checks, all.checks), renderCores(nowCores), renderCores(thenCores)];
}

const REASON_HEAD = ["CHECKS", "PLUGIN", "WAY", "WHY", "AS IN"];

function reasonCells({ checks, program, via, whyNot, example }: ReasonAmount): readonly string[] {
  return [String(checks), program, WAY_WORDS[via], whyNot, renderObject(example)].map(onOneLine);
}

/** A check a line: its way, why, and its command line without secrets. Columns end with tabs. */
export function renderList(checks: readonly SurveyedCheck[]): string {
  return checks
    .map(({ via, whyNot, why, shownLine, ...object }) => [
      via,
      renderObject(object),
      whyNot ?? why,
      shownLine(),
    ])
    .map((cells) => `${cells.map(onOneLine).join("\t")}\n`)
    .join("");
}

/** Names come from files that others write. */
function onOneLine(text: string): string {
  return withoutControls(text, " ");
}
