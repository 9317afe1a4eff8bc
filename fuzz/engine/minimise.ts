/** Tries that one input is worth. */
const MOST_TRIES = 400;
const MOST_MS = 20_000;

/**
 * A shorter input that still fails (delta debugging): parts of it are left out, from halves to single bytes,
 * and then bytes become plain letters.
 */
export async function minimise(
  input: Buffer,
  stillFails: (bytes: Buffer) => boolean | Promise<boolean>,
): Promise<Buffer> {
  const end = performance.now() + MOST_MS;
  let tries = 0;
  let best = input;
  const isBetter = async (bytes: Buffer) => {
    if (tries >= MOST_TRIES || performance.now() > end) return false;
    tries += 1;
    return stillFails(bytes);
  };
  for (let size = Math.ceil(best.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < best.length; ) {
      const shorter = Buffer.concat([best.subarray(0, at), best.subarray(at + size)]);
      if (await isBetter(shorter)) best = shorter;
      else at += size;
    }
  }
  return plainer(best, isBetter);
}

const LETTER = 0x61;

async function plainer(input: Buffer, isBetter: (bytes: Buffer) => Promise<boolean>): Promise<Buffer> {
  let best = input;
  for (let at = 0; at < best.length; at += 1) {
    if (best[at] === LETTER) continue;
    const plain = Buffer.from(best);
    plain[at] = LETTER;
    if (await isBetter(plain)) best = plain;
  }
  return best;
}
