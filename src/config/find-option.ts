import type { WorkerOption } from "./option.ts";
import { WORKER_OPTIONS } from "./worker-options.ts";

const ROWS: readonly WorkerOption[] = WORKER_OPTIONS;

const BY_SPELLING: ReadonlyMap<string, WorkerOption> = new Map(
  ROWS.flatMap((option) => spellings(option).map((spelling) => [alike(spelling), option] as const)),
);

/** The row of a key, whichever of its names was used; `-` and `_` are the same. */
export function findOption(key: string): WorkerOption | undefined {
  return BY_SPELLING.get(alike(key));
}

export function spellings(option: WorkerOption): readonly string[] {
  return [option.name, ...(option.aliases ?? [])];
}

/** The known spelling with the fewest differing letters, if few enough that it can be a slip. */
export function nearestSpelling(key: string): string | undefined {
  const farthest = Math.max(1, Math.floor(key.length / 3));
  const candidates = ROWS.flatMap(spellings)
    .filter((spelling) => spelling.length > 1)
    .map((spelling) => ({ spelling, distance: editDistance(alike(key), alike(spelling)) }))
    .filter(({ distance }) => distance <= farthest);
  return candidates.sort((one, other) => one.distance - other.distance)[0]?.spelling;
}

function alike(key: string): string {
  return key.toLowerCase().replaceAll("_", "-");
}

/** Levenshtein's: how many letters must be added, removed or replaced. */
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
