import type { Kind } from "../kinds/kind.ts";
import type { Origins } from "../load.ts";
import type { ConfigOption } from "../option.ts";
import { renderOrigin } from "../problem.ts";
import type { OptionGroup } from "../table.ts";
import { configKey } from "../values.ts";
import { visibleGroups } from "./option-text.ts";

const ORIGIN_COLUMN = 40;

/** The values that count and where each was written: a worker.conf again, with the key masked. */
export function renderEffective(
  groups: readonly OptionGroup[],
  values: Readonly<Record<string, unknown>>,
  origins: Origins,
): string {
  const lines = visibleGroups(groups).flatMap(({ options }) =>
    options.flatMap((option) => effectiveLines(option, values[configKey(option.name)], origins)),
  );
  return `${lines.join("\n")}\n`;
}

function effectiveLines(option: ConfigOption, value: unknown, origins: Origins): readonly string[] {
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
