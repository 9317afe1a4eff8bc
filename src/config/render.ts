import { type Config, configKey } from "./config.ts";
import type { Kind } from "./kind.ts";
import type { Origins } from "./load.ts";
import type { WorkerOption } from "./option.ts";
import { renderOrigin } from "./problem.ts";
import { OPTION_GROUPS, type OptionGroup } from "./worker-options.ts";

const LINE_WIDTH = 80;
const ORIGIN_COLUMN = 40;

/** The options with an effect, one a line, for a terminal. */
export function renderHelp(): string {
  const groups = visibleGroups().map(({ title, options }) =>
    [`${title}:`, ...options.map(helpEntry)].join("\n"),
  );
  return [
    "Every option can stand in a configuration file as KEY=VALUE, and on the command line with or without dashes.",
    ...groups,
    "All other options of the C and the Go worker and of the core module are accepted and change nothing here.",
    "  --help, -h             Show this text.\n  --version, -V          Show the version.",
    "",
  ].join("\n\n");
}

/** A worker.conf with every option: those one has to think about are set, the others show their default. */
export function renderSampleConf(): string {
  const head = comment(
    "Configuration of omd-worker. A line is KEY=VALUE; a # starts a comment, anywhere in a line.",
  );
  const groups = visibleGroups().map(({ title, options }) =>
    [`${"#".repeat(LINE_WIDTH)}\n# ${title}`, ...options.map(sampleEntry)].join("\n\n"),
  );
  return `${[head, ...groups].join("\n\n")}\n`;
}

/** The values that count and where each was written: a worker.conf again, with the key masked. */
export function renderEffective(config: Config, origins: Origins): string {
  const values = new Map<string, unknown>(Object.entries(config));
  const lines = visibleGroups().flatMap(({ options }) =>
    options.flatMap((option) => effectiveLines(option, values.get(configKey(option.name)), origins)),
  );
  return `${lines.join("\n")}\n`;
}

export function renderDefault({ kind, default: value, defaultText }: WorkerOption): string {
  if (defaultText !== undefined) return defaultText;
  return value === undefined ? "" : kind.render(value);
}

/** The groups without the options that have no effect, and without groups that have nothing else. */
export function visibleGroups(): readonly OptionGroup[] {
  return OPTION_GROUPS.map(({ title, options }) => ({
    title,
    options: options.filter(({ effect }) => effect !== "none"),
  })).filter(({ options }) => options.length > 0);
}

function helpEntry(option: WorkerOption): string {
  const value = option.kind.bare === undefined ? `=<${option.kind.name}>` : `[=<${option.kind.name}>]`;
  const text = [option.help, ...facts(option)].join(" ");
  return [`  --${option.name}${value}`, ...wrap(text, LINE_WIDTH - 6).map((line) => `      ${line}`)].join(
    "\n",
  );
}

function sampleEntry(option: WorkerOption): string {
  const setting =
    option.sample === undefined
      ? `#${option.name}=${option.defaultText === undefined ? renderDefault(option) : ""}`
      : `${option.name}=${option.sample}`;
  return `${comment([option.help, ...facts(option)].join(" "))}\n${setting}`;
}

function facts(option: WorkerOption): readonly string[] {
  const shown = renderDefault(option);
  if (shown === "") return [];
  return [`Default: ${shown}${option.unit === undefined ? "" : ` ${option.unit}`}`];
}

function effectiveLines(option: WorkerOption, value: unknown, origins: Origins): readonly string[] {
  if (option.effect !== "full") return [];
  const written = origins.get(option.name) ?? [];
  const from = written.length === 0 ? "default" : written.map(renderOrigin).join(", ");
  const shown = renderEach(option.kind, value);
  if (shown.length === 0) return [`${`#${option.name}=`.padEnd(ORIGIN_COLUMN)} # not set`];
  return shown.map((text) => `${`${option.name}=${text}`.padEnd(ORIGIN_COLUMN)} # ${from}`);
}

/** One text a line: paths of a list may contain commas. */
function renderEach(kind: Kind<unknown>, value: unknown): readonly string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value.map((one) => kind.render([one])) : [kind.render(value)];
}

function comment(text: string): string {
  return wrap(text, LINE_WIDTH - 2)
    .map((line) => `# ${line}`)
    .join("\n");
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
