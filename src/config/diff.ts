import { isDeepStrictEqual } from "node:util";
import { type Config, configKey, type EffectiveRow } from "./config.ts";
import type { Reload } from "./option.ts";
import { Secret } from "./secret.ts";
import { WORKER_OPTIONS } from "./worker-options.ts";

/** Names of the options that differ, by what taking over their new values asks for. */
export type ConfigDiff = Readonly<Record<Reload, readonly EffectiveRow["name"][]>>;

export function diffConfig(before: Config, after: Config): ConfigDiff {
  const old = new Map<string, unknown>(Object.entries(before));
  const current = new Map<string, unknown>(Object.entries(after));
  const changed = WORKER_OPTIONS.filter((option) => option.effect === "full").filter(
    ({ name }) => !isSame(old.get(configKey(name)), current.get(configKey(name))),
  );
  const names = (reload: Reload) =>
    changed.filter((option) => option.reload === reload).map(({ name }) => name);
  return { live: names("live"), reconnect: names("reconnect"), restart: names("restart") };
}

function isSame(one: unknown, other: unknown): boolean {
  // Private fields are invisible to isDeepStrictEqual: to it any two secrets are equal.
  if (one instanceof Secret && other instanceof Secret) return one.equals(other);
  return isDeepStrictEqual(one, other);
}
