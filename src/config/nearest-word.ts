/** The known word with the fewest different letters, if they are few enough for a slip of the fingers. */
export function nearestWord(known: readonly string[], word: string): string | undefined {
  if (word.length > MAX_LENGTH) return undefined;
  const maxDistance = Math.max(1, Math.floor(word.length / 3));
  const candidates = known
    .filter((each) => each.length > 1 && Math.abs(each.length - word.length) <= maxDistance)
    .map((each) => ({ each, distance: editDistance(word, each.toLowerCase().replaceAll("_", "-")) }))
    .filter(({ distance }) => distance <= maxDistance);
  return candidates.sort((one, other) => one.distance - other.distance)[0]?.each;
}

/** No known word is as long, and the distance to a line of a megabyte would take a minute. */
const MAX_LENGTH = 64;

/** How many letters must be added, removed, replaced, or exchanged with the next one. */
function editDistance(from: string, to: string): number {
  let before: readonly number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let line = 0; line < from.length; line += 1) {
    const next = [line + 1];
    for (let column = 0; column < to.length; column += 1) {
      const replaced = (row[column] ?? 0) + (from[line] === to[column] ? 0 : 1);
      const isSwapped = from[line] === to[column - 1] && from[line - 1] === to[column];
      const swapped = isSwapped ? (before[column - 1] ?? Number.POSITIVE_INFINITY) + 1 : replaced;
      next.push(Math.min(replaced, swapped, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row.at(-1) ?? 0;
}
