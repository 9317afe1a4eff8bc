import type { Setting, SettingKind } from "../../../sdk/setting.ts";
import { flag } from "../kinds/flags.ts";
import type { Kind } from "../kinds/kind.ts";
import { integer, seconds } from "../kinds/numbers.ts";
import { text } from "../kinds/texts.ts";
import { type ConfigOption, LIVE } from "../option.ts";

/**
 * A family's setting as an option of the worker. A changed value counts at once, as checks ask for it anew.
 */
export function toOption({ name, values, default: value, unit, help }: Setting): ConfigOption {
  const kind = kindOf(values);
  return {
    name,
    kind,
    default: value,
    help,
    knownBy: ["omd-worker"],
    ...(unit !== undefined && { unit }),
    ...LIVE,
  };
}

function kindOf(values: SettingKind): Kind<unknown> {
  switch (values.kind) {
    case "yes or no":
      return flag;
    case "whole number":
      return integer(boundsOf(values));
    case "seconds":
      return seconds(boundsOf(values));
    case "text":
      return text;
  }
}

function boundsOf({ min, max }: { readonly min?: number; readonly max?: number }) {
  return { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
}
