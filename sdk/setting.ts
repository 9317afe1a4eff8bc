/** The value of a setting. A text is a byte string, and undefined if it is empty or not written. */
export type SettingValue = boolean | number | string | undefined;

/** The kinds of values worker.conf has for the settings of a family. */
export type SettingKind =
  | { readonly kind: "yes or no" }
  | ({ readonly kind: "whole number" } & SettingBounds)
  | ({ readonly kind: "seconds" } & SettingBounds)
  | { readonly kind: "text" };

/** A number outside of the bounds becomes the nearest of them, with a warning. `min` is 0 unless given. */
export interface SettingBounds {
  readonly min?: number;
  readonly max?: number;
}

/**
 * One setting of a family of checks in worker.conf. The family declares it as a constant; the worker reads
 * it, explains it in its help and its documentation, and gives its value to `SharedContext.setting`.
 */
export interface Setting<Value extends SettingValue = SettingValue> {
  /** As in worker.conf. */
  readonly name: string;
  readonly values: SettingKind;
  readonly default: Value;
  /** For the documentation. */
  readonly unit?: "seconds" | "milliseconds" | "percent" | "per second";
  /** One or more whole sentences. */
  readonly help: string;
}

type About<Value extends SettingValue> = Pick<Setting<Value>, "default" | "help">;

export function yesOrNo(name: string, about: About<boolean>): Setting<boolean> {
  return Object.freeze<Setting<boolean>>({ name, values: { kind: "yes or no" }, ...about });
}

export function wholeNumber(
  name: string,
  { min, max, ...about }: About<number> & SettingBounds & Pick<Setting<number>, "unit">,
): Setting<number> {
  return Object.freeze<Setting<number>>({
    name,
    values: { kind: "whole number", ...bounds(min, max) },
    ...about,
  });
}

export function seconds(
  name: string,
  { min, max, ...about }: About<number> & SettingBounds,
): Setting<number> {
  return Object.freeze<Setting<number>>({
    name,
    values: { kind: "seconds", ...bounds(min, max) },
    unit: "seconds",
    ...about,
  });
}

export function text(name: string, about: About<string | undefined>): Setting<string | undefined> {
  return Object.freeze<Setting<string | undefined>>({ name, values: { kind: "text" }, ...about });
}

/**
 * The values of one worker.conf. A setting is found by the constant itself, so no two families meet under one
 * name.
 */
export type SettingValues = ReadonlyMap<Setting, SettingValue>;

/** The value of a setting, or its default where no worker.conf has been read. */
export function settingValue<Value extends SettingValue>(
  values: SettingValues | undefined,
  setting: Setting<Value>,
): Value {
  // A value was read by the kind of its setting.
  return values?.has(setting) ? (values.get(setting) as Value) : setting.default;
}

function bounds(min: number | undefined, max: number | undefined): SettingBounds {
  return { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
}
