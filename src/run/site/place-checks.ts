import type { Check } from "../../../sdk/check.ts";

/** A check on the shelf. */
export interface Place {
  readonly check: Check;
  /** The site's file it was read from; undefined: one of the worker's own. */
  readonly path: string | undefined;
}

/** By the check's name. */
export type Places = ReadonlyMap<string, Place>;

interface CheckSource {
  readonly path: string | undefined;
  readonly checks: readonly Check[];
}

/** Of several checks of one name the first counts. */
export function placeChecks(sources: readonly CheckSource[]): Places {
  const places = new Map<string, Place>();
  for (const { path, checks } of sources) {
    for (const check of checks) if (!places.has(check.name)) places.set(check.name, { check, path });
  }
  return places;
}

/** For the log: what is another way than before. */
export function describeChanges(before: Places, after: Places): readonly string[] {
  const came = [...after.values()].flatMap((place) => describeArrival(before.get(place.check.name), place));
  const gone = [...before.keys()].filter((name) => !after.has(name)).map((name) => `${name} is gone`);
  return [...came, ...gone];
}

function describeArrival(before: Place | undefined, { check, path }: Place): readonly string[] {
  if (before?.check === check) return [];
  const { name } = check;
  if (path === undefined) return [`${name} is the worker's own again`];
  if (before === undefined) return [`${name} is read from ${path}`];
  if (before.path === undefined) return [`${name} is read from ${path}, and comes before the worker's own`];
  return [`${name} is exchanged, read from ${path}`];
}

/** Checks that no command line can reach. */
export function describeHidden(sources: readonly CheckSource[], places: Places): readonly string[] {
  return sources.flatMap(({ path, checks }) =>
    checks.flatMap(({ name }) => {
      const used = places.get(name)?.path;
      return used === path || path === undefined
        ? []
        : [`${name} of ${path} is not used: ${used} has one, too`];
    }),
  );
}
