import type { Random } from "../engine/random.ts";

/** Values that are right where another kind of value is expected. No object of these can become a text. */
const ODD: readonly unknown[] = [
  null,
  true,
  "",
  "x\ny",
  "\ud800",
  0,
  -1,
  2,
  1e300,
  2 ** 53,
  [],
  {},
  { toString: 0, valueOf: 0 },
];
const MOST_DEPTH = 4;

/**
 * JSON with these names: what no change of a sample would be, as nearly every change breaks the braces. Each
 * value may be of any kind.
 */
export function makeJson(random: Random, names: readonly string[]): string {
  // What JSON has no word for is written as a number that is too large for one.
  return JSON.stringify(makeValue(random, names, 0)).replaceAll("1e+300", "1e999");
}

function makeValue(random: Random, names: readonly string[], depth: number): unknown {
  const isLeaf = depth >= MOST_DEPTH || random.once(3);
  if (isLeaf) return random.pick([...ODD, ...names]);
  const inner = () => makeValue(random, names, depth + 1);
  if (random.once(3)) return Array.from({ length: random.below(3) }, inner);
  const fields = names.filter(() => !random.once(4)).map((name) => [name, inner()]);
  return Object.fromEntries(fields);
}
