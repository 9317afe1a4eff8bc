import { parse } from "yaml";

/** A value of the chart with what its comment says. */
export interface ChartValue {
  /** `poolDefaults.tmp.sizeLimit` */
  readonly path: string;
  readonly default: unknown;
  readonly help: string;
}

/** Reads values.yaml: each key with a comment `# -- …` above it. Lines that follow go on with the text. */
export function readChartValues(text: string): readonly ChartValue[] {
  const values: unknown = parse(text);
  const found: ChartValue[] = [];
  let open: readonly OpenKey[] = [];
  let help: string | undefined;
  for (const line of text.split("\n")) {
    const [, mark, comment] = /^\s*#( --)? ?(.*)$/.exec(line) ?? [];
    if (comment !== undefined) {
      help = readHelp(help, comment, mark !== undefined);
      continue;
    }
    const [, blanks = "", key] = /^( *)([A-Za-z0-9-]+):/.exec(line) ?? [];
    if (key !== undefined) {
      open = [...open.filter(({ indent }) => indent < blanks.length), { indent: blanks.length, key }];
      const keys = open.map((each) => each.key);
      if (help !== undefined) found.push({ path: keys.join("."), default: valueAt(values, keys), help });
    }
    help = undefined;
  }
  return found;
}

interface OpenKey {
  readonly indent: number;
  readonly key: string;
}

function readHelp(before: string | undefined, comment: string, isBegin: boolean): string | undefined {
  if (isBegin) return comment;
  return before === undefined ? undefined : `${before} ${comment}`;
}

/** The paths of all values that are no maps, and of empty maps: each is documented, or a part of one. */
export function leavesOf(value: unknown, path: readonly string[] = []): readonly string[] {
  const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
  const entries = isMap ? Object.entries(value) : [];
  if (entries.length === 0) return [path.join(".")];
  return entries.flatMap(([key, each]) => leavesOf(each, [...path, key]));
}

function valueAt(values: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined,
    values,
  );
}

/** The table of README.md. */
export function renderValuesTable(values: readonly ChartValue[]): string {
  const rows = values.map(({ path, default: value, help }) => [
    `\`${path}\``,
    `\`${JSON.stringify(value)}\``.replaceAll("|", "\\|"),
    help.replaceAll("|", "\\|"),
  ]);
  const lines = [["Value", "Default", "Meaning"], ["---", "---", "---"], ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
