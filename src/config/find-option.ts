import { nearestWord } from "./nearest-word.ts";
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
    return asked > MAX_ASKED ? undefined : nearestWord(all, alike(key));
  };
  return { find: (key) => bySpelling.get(alike(key)), nearest };
}

export function spellings({ name, aliases = [] }: Pick<ConfigRow, "name" | "aliases">): readonly string[] {
  return [name, ...aliases];
}

function alike(key: string): string {
  return key.toLowerCase().replaceAll("_", "-");
}
