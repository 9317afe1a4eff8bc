const MOST_GRABS = 64;
/** A wake-up this soon after a job means that jobs come in numbers. */
const TOGETHER_MS = 2;

/**
 * How many grabs a grabber may have without a reply. The number grows while jobs come: an idle worker costs
 * the job server little, and a burst comes at full speed.
 */
export class GrabBudget {
  readonly #most: number;
  #limit = 1;
  #lastJobMs = Number.NEGATIVE_INFINITY;

  /** `most` grabs may be without a reply at a time. */
  constructor(most = MOST_GRABS) {
    this.#most = most;
  }

  get limit(): number {
    return this.#limit;
  }

  /** A job has come. `isAsleep`: it came for the single grab of a grabber that went back to sleep. */
  gotJob(isAsleep: boolean): void {
    this.#lastJobMs = performance.now();
    if (!isAsleep) this.#limit = Math.min(this.#limit + 1, this.#most);
  }

  /** The server has no job, or the connection is a new one. */
  reset(): void {
    this.#limit = 1;
  }

  /** The server has a job again. Returns whether jobs come one by one, so that one grab is enough. */
  wokenUp(): boolean {
    const isSingle = performance.now() - this.#lastJobMs > TOGETHER_MS;
    this.#limit = isSingle ? 1 : 2;
    return isSingle;
  }
}
