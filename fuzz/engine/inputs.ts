import { mutate } from "./mutate.ts";
import type { Plan } from "./plan.ts";
import { Random } from "./random.ts";
import type { Target } from "./target.ts";

const MOST_BYTES = 1 << 20;
/** Samples that are added because their results were new. */
const MOST_ADDED = 400;
const LONGEST_ADDED = 8_192;

/** The inputs of a target, one after the other, the same for the same seed. */
export class Inputs {
  readonly #target: Target;
  readonly #random: Random;
  readonly #tokens: readonly Buffer[];
  readonly #samples: Buffer[];
  readonly #given: number;
  readonly #shapes = new Set<string>();
  #count = 0;

  constructor(target: Target, { seed, corpus = [] }: Pick<Plan, "seed" | "corpus">) {
    this.#target = target;
    this.#random = new Random(seed, target.name);
    this.#tokens = (target.tokens ?? []).map((token) => Buffer.from(token, "latin1"));
    const samples = target.samples();
    if (samples.length === 0) throw new TypeError(`${target.name} has no samples`);
    this.#samples = [...samples, ...corpus];
    this.#given = this.#samples.length;
  }

  get count(): number {
    return this.#count;
  }

  /** How many kinds of results there were. */
  get shapes(): number {
    return this.#shapes.size;
  }

  /** Inputs that have become samples. */
  get added(): readonly Buffer[] {
    return this.#samples.slice(this.#given);
  }

  /** First the samples and the corpus as they are. */
  next(): Buffer {
    const { make, most = MOST_BYTES } = this.#target;
    const at = this.#count;
    this.#count += 1;
    if (at < this.#given) return this.#samples[at] ?? Buffer.alloc(0);
    if (make !== undefined && this.#random.once(3)) return make(this.#random);
    return mutate({ random: this.#random, samples: this.#samples, tokens: this.#tokens, most });
  }

  /** What became of an input. */
  note(input: Buffer, shape: string): void {
    if (this.#shapes.has(shape)) return;
    this.#shapes.add(shape);
    const isRoom = this.#samples.length < this.#given + MOST_ADDED;
    // A copy: a short input may be a part of a very long one, which would be kept as a whole.
    if (isRoom && input.length <= LONGEST_ADDED) this.#samples.push(Buffer.from(input));
  }
}
