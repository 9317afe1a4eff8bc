/** Tries that one input is worth. */
const MOST_TRIES = 400;
/** Milliseconds that one input is worth, and the try that goes on then. */
export const MOST_MS = 20_000;

export interface Minimised {
  readonly input: Buffer;
  /** False: tries or time ended before everything was tried. */
  readonly isShortest: boolean;
}

type Test = (bytes: Buffer) => boolean | Promise<boolean>;

/**
 * A shorter input that still fails (delta debugging): parts of it are left out, from halves to single bytes,
 * and then bytes become plain letters. It ends with its tries or its time, whatever the length of the input.
 */
export async function minimise(input: Buffer, stillFails: Test, untilMs = Infinity): Promise<Minimised> {
  const search = new Search(input, stillFails, Math.min(performance.now() + MOST_MS, untilMs));
  for (let size = Math.ceil(input.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    await search.leaveOut(size);
  await search.makePlain();
  return { input: search.best, isShortest: !search.isOver };
}

const LETTER = 0x61;

/** The shortest input so far. */
class Search {
  best: Buffer;
  /** There was more to try when tries or time ended. */
  isOver = false;
  readonly #stillFails: Test;
  readonly #endMs: number;
  #tries = 0;

  constructor(input: Buffer, stillFails: Test, endMs: number) {
    this.best = input;
    this.#stillFails = stillFails;
    this.#endMs = endMs;
  }

  async leaveOut(size: number): Promise<void> {
    for (let at = 0; at < this.best.length && this.#goesOn(); ) {
      const shorter = Buffer.concat([this.best.subarray(0, at), this.best.subarray(at + size)]);
      if (!(await this.#isBetter(shorter))) at += size;
    }
  }

  async makePlain(): Promise<void> {
    for (let at = 0; at < this.best.length; at += 1) {
      if (this.best[at] === LETTER) continue;
      if (!this.#goesOn()) return;
      const plain = Buffer.from(this.best);
      plain[at] = LETTER;
      await this.#isBetter(plain);
    }
  }

  /** Asked before an input is made: to copy a long one for each of its bytes takes minutes. */
  #goesOn(): boolean {
    this.isOver ||= this.#tries >= MOST_TRIES || performance.now() >= this.#endMs;
    return !this.isOver;
  }

  async #isBetter(bytes: Buffer): Promise<boolean> {
    this.#tries += 1;
    const isBetter = await this.#stillFails(bytes);
    if (isBetter) this.best = bytes;
    return isBetter;
  }
}
