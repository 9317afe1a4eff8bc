import { type Ending, renderEnding } from "./ending.ts";

/** So many times in a row a file may end its thread. */
const MAX_STRIKES = 3;

/** A file whose checks are not run until it changes. */
export interface SetAsideFile {
  readonly path: string;
  /** What it did the last time, in words. */
  readonly why: string;
  /** Seconds since the epoch. */
  readonly since: number;
}

/** Counts for each file how many times in a row it has ended its thread. */
export class Strikes {
  readonly #counts = new Map<string, number>();
  readonly #setAside = new Map<string, SetAsideFile>();

  get setAside(): readonly SetAsideFile[] {
    return [...this.#setAside.values()];
  }

  find(path: string): SetAsideFile | undefined {
    return this.#setAside.get(path);
  }

  /** True: the file is set aside from now on. */
  count(path: string, ending: Ending): boolean {
    const count = (this.#counts.get(path) ?? 0) + 1;
    this.#counts.set(path, count);
    if (count < MAX_STRIKES || this.#setAside.has(path)) return false;
    this.#setAside.set(path, { path, why: renderEnding(ending), since: Date.now() / 1000 });
    return true;
  }

  /** One of its checks has answered. */
  forgive(path: string): void {
    this.#counts.delete(path);
  }

  /** The file has changed, or is gone. */
  forget(path: string): void {
    this.#counts.delete(path);
    this.#setAside.delete(path);
  }
}
