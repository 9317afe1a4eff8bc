/** The upper bound of the first class, in seconds. */
const FIRST = 0.000_1;
/** Four classes for each doubling: a quantile is right to about a tenth of itself. */
const PER_DOUBLING = 4;
/** The last class begins at about seven hours. */
const CLASSES = 112;

/** How values of seconds are spread, in classes whose width grows with the value. To add costs little. */
export class Spread {
  readonly #counts = new Uint32Array(CLASSES);
  #size = 0;

  add(seconds: number): void {
    this.#size += 1;
    const at = classOf(seconds);
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
  }

  /** The value, in seconds, that this share (0 to 1) of all values does not exceed; NaN if there are none. */
  quantile(share: number): number {
    let left = Math.ceil(this.#size * share);
    if (left === 0) return Number.NaN;
    const at = this.#counts.findIndex((count) => {
      left -= count;
      return left <= 0;
    });
    return FIRST * 2 ** ((at - 0.5) / PER_DOUBLING);
  }

  clear(): void {
    this.#size = 0;
    this.#counts.fill(0);
  }
}

function classOf(seconds: number): number {
  if (!(seconds > FIRST)) return 0;
  return Math.min(CLASSES - 1, Math.ceil(Math.log2(seconds / FIRST) * PER_DOUBLING));
}
