import type { Check } from "../check.ts";
import type { OptionRow } from "../option.ts";
import { renderUsage } from "./usage.ts";

const WIDTH = 100;
/** A longer spelling has a line of its own. */
const MAX_SPELLING = 30;

/** What `--help` of a native check shows: usage, options, and the plugin it stands in for. */
export function renderCheckHelp(check: Pick<Check, "name" | "summary" | "replaces" | "rows">): string {
  const { name, summary, replaces, rows = [] } = check;
  const width = Math.max(
    0,
    ...rows.map(({ text }) => text.length).filter((length) => length <= MAX_SPELLING),
  );
  const parts = [
    `${name}: ${summary}`,
    renderUsage({ name, replaces, rows }),
    rows.map((row) => renderRow(row, width)).join("\n"),
    wrap(renderReplaces(name, replaces), WIDTH).join("\n"),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function renderRow({ text, help, note }: OptionRow, width: number): string {
  const lines = wrap(note === undefined ? help : `${help} (${note})`, WIDTH - width - 4);
  const [first = "", ...more] = text.length > width ? ["", ...lines] : lines;
  const indent = " ".repeat(width + 4);
  return [`  ${text.padEnd(width)}  ${first}`.trimEnd(), ...more.map((line) => indent + line)].join("\n");
}

function renderReplaces(name: string, replaces: Check["replaces"]): string {
  if (replaces === undefined) return "";
  const { suite, versions } = replaces;
  return `Answers in place of ${name} of ${suite} ${versions.join(", ")}. Where a word is not understood, the plugin is executed.`;
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
