import type { ConfigOption } from "../option.ts";
import type { OptionGroup } from "../table.ts";
import { describeOption, visibleGroups } from "./option-text.ts";
import { wrap } from "./wrap.ts";

const LINE_WIDTH = 80;

const FORMS =
  "Every option can stand in a configuration file as KEY=VALUE, and on the command line with or without dashes.";
const VARIABLES =
  "The worker's options can be set in the environment, too: max-worker is OMD_WORKER_MAX_WORKER.";

/** The options with an effect of a small program, for a terminal. */
export function renderToolOptions(all: readonly OptionGroup[]): string {
  return [FORMS, ...renderGroups(all)].join("\n\n");
}

/** The options with an effect, for a terminal. */
export function renderOptions(all: readonly OptionGroup[]): string {
  return [
    FORMS,
    VARIABLES,
    ...renderGroups(all),
    "All other options of the C and the Go worker and of the core module are accepted and change nothing here.",
    "  --help, -h             Show this text.\n  --version, -V          Show the version.",
    "",
  ].join("\n\n");
}

function renderGroups(all: readonly OptionGroup[]): readonly string[] {
  return visibleGroups(all).map(({ title, options }) => [`${title}:`, ...options.map(helpEntry)].join("\n"));
}

function helpEntry(option: ConfigOption): string {
  const value = option.kind.bare === undefined ? `=<${option.kind.name}>` : `[=<${option.kind.name}>]`;
  const lines = wrap(describeOption(option), LINE_WIDTH - 6);
  return [`  --${option.name}${value}`, ...lines.map((line) => `      ${line}`)].join("\n");
}
