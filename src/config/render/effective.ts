import type { Kind } from "../kinds/kind.ts";
import type { Origins } from "../load.ts";
import type { ConfigOption } from "../option.ts";
import { renderOrigin } from "../problem.ts";
import type { OptionGroup } from "../table.ts";
import { configKey } from "../values.ts";
import { visibleGroups } from "./option-text.ts";

const ORIGIN_COLUMN = 40;

/** An option with the value that counts. A secret is masked. */
export interface EffectiveOption {
  readonly name: string;
  /** One for each member of a list; none if it is not set. */
  readonly values: readonly string[];
  /** Where it was written: `worker.conf:12`. Undefined: the default. */
  readonly from: string | undefined;
}

/** The values that count and where each was written: a worker.conf again, with the key masked. */
export function renderEffective(
  groups: readonly OptionGroup[],
  values: Readonly<Record<string, unknown>>,
  origins: Origins,
): string {
  const lines = effectiveOptions(groups, values, origins).flatMap(renderOption);
  return `${lines.join("\n")}\n`;
}

/** All options that have a value of their own, in the order of the table. */
export function effectiveOptions(
  groups: readonly OptionGroup[],
  values: Readonly<Record<string, unknown>>,
  origins: Origins,
): readonly EffectiveOption[] {
  return visibleGroups(groups).flatMap(({ options }) =>
    options
      .filter(({ effect }) => effect === "full")
      .map((option) => toEffective(option, values[configKey(option.name)], origins)),
  );
}

function toEffective({ name, kind }: ConfigOption, value: unknown, origins: Origins): EffectiveOption {
  const written = origins.get(name) ?? [];
  const from = written.length === 0 ? undefined : written.map(renderOrigin).join(", ");
  return { name, values: renderEach(kind, value), from };
}

function renderOption({ name, values, from = "default" }: EffectiveOption): readonly string[] {
  if (values.length === 0) return [`${`#${name}=`.padEnd(ORIGIN_COLUMN)} # not set`];
  return values.map((text) => `${`${name}=${text}`.padEnd(ORIGIN_COLUMN)} # ${from}`);
}

/** One text a line: paths of a list may contain commas. */
function renderEach(kind: Kind<unknown>, value: unknown): readonly string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value.map((one) => kind.render([one])) : [kind.render(value)];
}
