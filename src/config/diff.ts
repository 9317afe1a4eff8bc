import { isDeepStrictEqual } from "node:util";
import { allValues, type Config } from "./config.ts";
import type { ConfigOption, Reload } from "./option.ts";
import { Secret } from "./secret.ts";
import { optionsOf } from "./table.ts";
import { configKey } from "./values.ts";
import { workerGroups } from "./worker/options.ts";

/** Names of the options that differ, by how their new values are taken over. */
export type ConfigDiff = Readonly<Record<Reload, readonly string[]>>;

/**
 * What differs from what runs: `before` is the configuration in use, `started` the one of the start. Options
 * that need a restart still run as at the start, whatever was read since then.
 */
export function diffConfig(before: Config, after: Config, started: Config = before): ConfigDiff {
  const options = optionsOf(workerGroups([...after.settings.keys()]));
  return diffValues(options, {
    before: allValues(before),
    after: allValues(after),
    started: allValues(started),
  });
}

/** By the keys of the configuration. */
type Values = Readonly<Record<string, unknown>>;

/** The same for any program. */
export function diffValues(
  options: readonly ConfigOption[],
  { before, after, started }: Readonly<Record<"before" | "after" | "started", Values>>,
): ConfigDiff {
  const isRestart = (option: ConfigOption) => option.effect === "full" && option.reload === "restart";
  const changed = [
    ...findChanged(
      options.filter((option) => !isRestart(option)),
      before,
      after,
    ),
    ...findChanged(options.filter(isRestart), started, after),
  ];
  const names = (reload: Reload) =>
    changed.filter((option) => option.effect === "full" && option.reload === reload).map(({ name }) => name);
  return { live: names("live"), reconnect: names("reconnect"), restart: names("restart") };
}

function findChanged(
  options: readonly ConfigOption[],
  before: Values,
  after: Values,
): readonly ConfigOption[] {
  return options.filter(({ name }) => !isSame(before[configKey(name)], after[configKey(name)]));
}

function isSame(one: unknown, other: unknown): boolean {
  // isDeepStrictEqual does not see private fields: it takes any two secrets for equal.
  if (one instanceof Secret && other instanceof Secret) return one.equals(other);
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((each, at) => isSame(each, other[at]));
  if (isPlain(one) && isPlain(other)) {
    const keys = Object.keys(one);
    return keys.length === Object.keys(other).length && keys.every((key) => isSame(one[key], other[key]));
  }
  return isDeepStrictEqual(one, other);
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
