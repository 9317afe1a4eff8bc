/** What stands for all names beyond the bound. */
export const OTHER = "other";

/**
 * Counts by name, of the present half hour and of the one before: what was long ago is forgotten. So many
 * names are told apart in each; all others are counted together, whatever comes.
 */
export class Recent<Count extends object> {
  readonly #most: number;
  readonly #create: () => Count;
  #now = new Map<string, Count>();
  #before: ReadonlyMap<string, Count> = new Map();

  constructor(most: number, create: () => Count) {
    this.#most = most;
    this.#create = create;
  }

  /** The present count of this name, to be changed. */
  of(name: string): Count {
    const known = this.#now.get(name);
    if (known !== undefined) return known;
    if (name !== OTHER && this.#now.size >= this.#most) return this.of(OTHER);
    const count = this.#create();
    this.#now.set(name, count);
    return count;
  }

  /** Begins the next half hour. */
  turn(): void {
    this.#before = this.#now;
    this.#now = new Map();
  }

  /** Each name with its counts, one or two. */
  get entries(): readonly (readonly [name: string, counts: readonly Count[]])[] {
    const names = new Set([...this.#now.keys(), ...this.#before.keys()]);
    return [...names].map((name) => {
      const counts = [this.#now.get(name), this.#before.get(name)].filter((count) => count !== undefined);
      return [name, counts] as const;
    });
  }
}
