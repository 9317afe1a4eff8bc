import type { Check } from "../../plugins/sdk/check.ts";

/** All checks that can answer in this process. */
export interface Shelf {
  /** By the name of the plugin's file. */
  readonly find: (name: string) => Check | undefined;
  readonly checks: readonly Check[];
}

export function createShelf(checks: readonly Check[]): Shelf {
  const byName = new Map(checks.map((check) => [check.name, check]));
  const twice = checks.find((check) => byName.get(check.name) !== check);
  if (twice !== undefined) throw new TypeError(`two checks are called ${twice.name}`);
  return { find: (name) => byName.get(name), checks };
}
