import type { ConfigOption } from "../option.ts";
import type { OptionGroup } from "../table.ts";

/** The groups without the options that have no effect, and without groups that have nothing else. */
export function visibleGroups(groups: readonly OptionGroup[]): readonly OptionGroup[] {
  return groups
    .map(({ title, options }) => ({ title, options: options.filter(({ effect }) => effect !== "none") }))
    .filter(({ options }) => options.length > 0);
}

export function renderDefault({ kind, default: value, defaultText }: ConfigOption): string {
  if (defaultText !== undefined) return defaultText;
  return value === undefined ? "" : kind.render(value);
}

/** The help and the default, as one text. */
export function describeOption(option: ConfigOption): string {
  const shown = renderDefault(option);
  if (shown === "") return option.help;
  const unit = option.unit === undefined ? "" : ` ${option.unit}`;
  return `${option.help} Default: ${shown}${unit}`;
}
