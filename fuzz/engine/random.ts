const WORD = 2 ** 32;

/**
 * Numbers that are the same for the same seed of 64 bits and the same name (sfc32, which is quick in
 * JavaScript). The name keeps the targets of one seed apart.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #count = 1;

  constructor(seed: bigint, name: string) {
    this.#a = Number(seed & 0xffff_ffffn);
    this.#b = Number((seed >> 32n) & 0xffff_ffffn);
    this.#c = hashOf(name);
    for (let turn = 0; turn < 15; turn += 1) this.word();
  }

  /** A whole number of 32 bits. */
  word(): number {
    const sum = (this.#a + this.#b + this.#count) | 0;
    this.#count = (this.#count + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A whole number from 0 on, less than this. */
  below(count: number): number {
    return Math.floor((this.word() / WORD) * count);
  }

  /** True once in so many times. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<Value>(values: readonly Value[]): Value {
    const value = values[this.below(values.length)];
    if (value === undefined) throw new RangeError("nothing to pick from");
    return value;
  }
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash | 0;
}
