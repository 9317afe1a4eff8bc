/** Values that arrive by callback and can be awaited one after the other. */
export class Arrivals<T> {
  readonly all: T[] = [];
  readonly #waiting: ((value: T) => void)[] = [];
  #taken = 0;

  readonly push = (value: T): void => {
    this.all.push(value);
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#taken++;
    next(value);
  };

  next(): Promise<T> {
    const value = this.all[this.#taken];
    if (value !== undefined) {
      this.#taken++;
      return Promise.resolve(value);
    }
    const { promise, resolve } = Promise.withResolvers<T>();
    this.#waiting.push(resolve);
    return promise;
  }

  async take(count: number): Promise<readonly T[]> {
    const values: T[] = [];
    while (values.length < count) values.push(await this.next());
    return values;
  }
}
