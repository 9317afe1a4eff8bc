import { spellings } from "../find-option.ts";
import type { ConfigOption } from "../option.ts";
import { type OptionGroup, optionsOf } from "../table.ts";
import { renderDefault, visibleGroups } from "./option-text.ts";

/** All options of a program as Markdown, after an introduction. */
export function renderMarkdown(groups: readonly OptionGroup[], introduction: string): string {
  const sections = visibleGroups(groups).map(
    ({ title, options }) => `## ${title}\n\n${effectiveTable(options)}\n`,
  );
  return [introduction, ...sections, withoutEffect(optionsOf(groups))].join("\n");
}

function effectiveTable(options: readonly ConfigOption[]): string {
  const rows = options.map((option) => [
    namesCell(option),
    option.kind.name,
    defaultCell(option),
    option.effect === "full" ? option.reload : "",
    option.help,
    option.knownBy.join(", "),
  ]);
  return table(["Option", "Value", "Default", "Reload", "Meaning", "Known by"], rows);
}

function withoutEffect(options: readonly ConfigOption[]): string {
  const rows = options.flatMap((option) =>
    option.effect === "none" ? [[namesCell(option), option.help, option.why, option.knownBy.join(", ")]] : [],
  );
  return `## Accepted without effect

So that one file can serve all workers and the core module.

${table(["Option", "Meaning", "Why it changes nothing here", "Known by"], rows)}
`;
}

function namesCell(option: ConfigOption): string {
  return spellings(option).map(code).join("<br>");
}

function defaultCell(option: ConfigOption): string {
  const shown = renderDefault(option);
  if (shown === "" || option.defaultText !== undefined) return shown;
  return [code(shown), ...(option.unit === undefined ? [] : [option.unit])].join(" ");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** A text with backticks is put between two of them on each side. */
function code(text: string): string {
  return text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``;
}
