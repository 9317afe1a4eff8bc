/**
 * What is sent again: a part of the snapshot, which is a field of it, is left out if its JSON is the same as
 * the last time. One for all viewers, as each of them gets every event.
 */
export class Changes {
  readonly #news: readonly string[];
  readonly #sent = new Map<string, string>();

  /** `news`: parts that hold only what is new, so they are always sent. */
  constructor(news: readonly string[]) {
    this.#news = news;
  }

  /** Gives the JSON of the parts that differ from those of the call before. What is not set is null. */
  next(snapshot: object): string {
    const changed = Object.entries(snapshot)
      .map(([name, value]) => [name, JSON.stringify(value) ?? "null"] as const)
      .filter(([name, json]) => this.#news.includes(name) || this.#sent.get(name) !== json);
    for (const [name, json] of changed) this.#sent.set(name, json);
    return `{${changed.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(",")}}`;
  }
}
