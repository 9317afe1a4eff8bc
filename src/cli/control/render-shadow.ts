import type { ShadowAnswer, ShadowCount, ShadowExample, ShadowReport } from "../../run/shadow.ts";
import { renderTable } from "../render-table.ts";

/** What `omd-worker shadow show` and `shadow report` print, under a first line that says of when it is. */
export function renderShadow(head: string, { since, checks }: ShadowReport): string {
  const rows = Object.entries(checks).sort(([one], [other]) => (one < other ? -1 : 1));
  if (since === undefined || rows.length === 0) return `${head}Nothing was compared yet.\n`;
  const lines = rows.map(([name, count]) => [name, ...countCells(count)]);
  const table = renderTable(["check", "runs", "agreed", "different", "left to plugin", "agreement"], lines);
  const examples = rows.flatMap(([name, count]) => renderExamples(name, count));
  return [`${head}Since ${readableTime(since)}:\n`, table, ...examples].join("\n");
}

function countCells({ agreed, different, declined }: ShadowCount): readonly string[] {
  const compared = agreed + different;
  const agreement = compared === 0 ? "" : `${floorTo(2, (agreed / compared) * 100)} %`;
  return [...[compared + declined, agreed, different, declined].map(String), agreement];
}

/** 99.999 is not yet 100. */
function floorTo(digits: number, value: number): string {
  return (Math.floor(value * 10 ** digits) / 10 ** digits).toFixed(digits);
}

function renderExamples(name: string, { examples }: ShadowCount): readonly string[] {
  return examples.length === 0 ? [] : [`${name}, the last differences:`, ...examples.map(renderExample)];
}

function renderExample({ at, command, plugin, native }: ShadowExample): string {
  return [
    `  ${readableTime(at)} ${command}`,
    ...answer("plugin", plugin),
    ...answer("native", native),
    "",
  ].join("\n");
}

function answer(who: string, { returnCode, output }: ShadowAnswer): readonly string[] {
  const [first = "", ...more] = output.trimEnd().split("\n");
  return [`    ${who} ${returnCode ?? "-"} ${first}`, ...more.map((line) => `             ${line}`)];
}

/** `2026-11-23T12:00:00.456Z` → `2026-11-23 12:00:00 UTC` */
export function readableTime(iso: string): string {
  return iso.replace("T", " ").replace(/\..*$/, " UTC");
}
