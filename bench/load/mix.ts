/** The golden ratio: its multiples, modulo 1, are spread more evenly than any random numbers. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Which part of a mix the job number `index` is of. Every part gets its share of any stretch of jobs, and they come
 * well mixed, in the same order every time.
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
