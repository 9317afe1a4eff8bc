import type { ConfigOption, ConfigRow } from "./option.ts";

/** Finds options by the keys people write. */
export interface OptionFinder {
  /** The option of a key, whichever of its names was used; `-` and `_` are the same. */
  readonly find: (key: string) => ConfigOption | undefined;
  /**
   * The known spelling with the fewest different letters, if they are few enough for a slip. It is searched
   * for the first unknown keys only.
   */
  readonly nearest: (key: string) => string | undefined;
}

/** No option's name is as long, and the distance to a line of a megabyte would take a minute. */
const MAX_LENGTH = 64;
/** A file with more unknown keys is probably no configuration. */
const MAX_ASKED = 200;

export function createOptionFinder(options: readonly ConfigOption[]): OptionFinder {
  const bySpelling = new Map(
    options.flatMap((option) => spellings(option).map((spelling) => [alike(spelling), option] as const)),
  );
  const all = options.flatMap(spellings);
  let asked = 0;
  const nearest = (key: string) => {
    asked += 1;
    return asked > MAX_ASKED || key.length > MAX_LENGTH ? undefined : nearestOf(all, key);
  };
  return { find: (key) => bySpelling.get(alike(key)), nearest };
}

export function spellings({ name, aliases = [] }: Pick<ConfigRow, "name" | "aliases">): readonly string[] {
  return [name, ...aliases];
}

function nearestOf(known: readonly string[], key: string): string | undefined {
  const maxDistance = Math.max(1, Math.floor(key.length / 3));
  const candidates = known
    .filter((spelling) => spelling.length > 1 && Math.abs(spelling.length - key.length) <= maxDistance)
    .map((spelling) => ({ spelling, distance: editDistance(alike(key), alike(spelling)) }))
    .filter(({ distance }) => distance <= maxDistance);
  return candidates.sort((one, other) => one.distance - other.distance)[0]?.spelling;
}

function alike(key: string): string {
  return key.toLowerCase().replaceAll("_", "-");
}

/** Levenshtein's distance: how many letters must be added, removed or replaced. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [line, letter] of [...from].entries()) {
    const next = [line + 1];
    for (const [column, other] of [...to].entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
