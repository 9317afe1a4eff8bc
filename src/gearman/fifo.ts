interface Entry<T> {
  readonly value: T;
  next: Entry<T> | undefined;
}

/** First in, first out. An array's shift() moves all remaining entries, and thousands may wait here. */
export class Fifo<T> {
  #first: Entry<T> | undefined;
  #last: Entry<T> | undefined;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get first(): T | undefined {
    return this.#first?.value;
  }

  push(value: T): void {
    const entry = { value, next: undefined };
    if (this.#last === undefined) this.#first = entry;
    else this.#last.next = entry;
    this.#last = entry;
    this.#length++;
  }

  shift(): T | undefined {
    const entry = this.#first;
    if (entry === undefined) return undefined;
    this.#first = entry.next;
    if (entry.next === undefined) this.#last = undefined;
    // An entry that has become old garbage would keep all entries after it in memory until the next full
    // collection.
    entry.next = undefined;
    this.#length--;
    return entry.value;
  }
}
