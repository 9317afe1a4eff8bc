/** The golden ratio: its multiples, modulo 1, are spread more evenly than any random numbers. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Returns a function that tells which part of a mix a job belongs to. Every part gets its share of any
 * sequence of jobs. The parts are well mixed, and the order is always the same.
 */
export function mixer<T extends { readonly share: number }>(mix: readonly T[]): (index: number) => T {
  const total = mix.reduce((sum, { share }) => sum + share, 0);
  const last = mix.at(-1);
  if (last === undefined) throw new Error("nothing to mix");
  let end = 0;
  const ends = mix.map((part) => {
    end += part.share;
    return { part, end };
  });
  return (index) => {
    const at = ((index * GOLDEN) % 1) * total;
    return ends.find((one) => at < one.end)?.part ?? last;
  };
}
