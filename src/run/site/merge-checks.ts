import type { Check } from "../../../sdk/check.ts";

/** A check that can answer, and where it comes from. */
export interface ShelvedCheck {
  readonly check: Check;
  /** The site's file from which it was loaded. Undefined: it is one of the worker's own. */
  readonly path: string | undefined;
}

/** Checks by their names. */
export type ShelvedChecks = ReadonlyMap<string, ShelvedCheck>;

interface CheckSource {
  readonly path: string | undefined;
  readonly checks: readonly Check[];
}

/** If several checks have one name, the first one is used. */
export function mergeChecks(sources: readonly CheckSource[]): ShelvedChecks {
  const shelved = new Map<string, ShelvedCheck>();
  for (const { path, checks } of sources) {
    for (const check of checks) if (!shelved.has(check.name)) shelved.set(check.name, { check, path });
  }
  return shelved;
}

/** One line for each change, for the log. */
export function describeChanges(before: ShelvedChecks, after: ShelvedChecks): readonly string[] {
  const came = [...after.values()].flatMap((one) => describeArrival(before.get(one.check.name), one));
  const gone = [...before.keys()].filter((name) => !after.has(name)).map((name) => `${name} is gone`);
  return [...came, ...gone];
}

function describeArrival(before: ShelvedCheck | undefined, { check, path }: ShelvedCheck): readonly string[] {
  if (before?.check === check) return [];
  const { name } = check;
  if (path === undefined) return [`${name} is the worker's own again`];
  if (before === undefined) return [`${name} is read from ${path}`];
  if (before.path === undefined) return [`${name} is read from ${path}, and comes before the worker's own`];
  return [`${name} is exchanged, read from ${path}`];
}

/** One line for each check that is not used, because another one has its name. */
export function describeHidden(sources: readonly CheckSource[], shelved: ShelvedChecks): readonly string[] {
  return sources.flatMap(({ path, checks }) =>
    checks.flatMap(({ name }) => {
      const used = shelved.get(name)?.path;
      return used === path || path === undefined
        ? []
        : [`${name} of ${path} is not used: ${used} has one, too`];
    }),
  );
}
