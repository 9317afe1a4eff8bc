import type { ConfigOption } from "../option.ts";
import type { OptionGroup } from "../table.ts";
import { describeOption, renderDefault, visibleGroups } from "./option-text.ts";
import { wrap } from "./wrap.ts";

const LINE_WIDTH = 80;

/**
 * A worker.conf with every option. The options an operator has to think about are set, the others show their
 * default.
 */
export function renderSampleConf(all: readonly OptionGroup[]): string {
  const head = comment(
    "Configuration of omd-worker. A line is KEY=VALUE; a # starts a comment, anywhere in a line.",
  );
  const groups = visibleGroups(all).map(({ title, options }) =>
    [`${"#".repeat(LINE_WIDTH)}\n# ${title}`, ...options.map(sampleEntry)].join("\n\n"),
  );
  return `${[head, ...groups].join("\n\n")}\n`;
}

function sampleEntry(option: ConfigOption): string {
  const setting =
    option.sample === undefined
      ? `#${option.name}=${option.defaultText === undefined ? renderDefault(option) : ""}`
      : `${option.name}=${option.sample}`;
  return `${comment(describeOption(option))}\n${setting}`;
}

function comment(text: string): string {
  return wrap(text, LINE_WIDTH - 2)
    .map((line) => `# ${line}`)
    .join("\n");
}
