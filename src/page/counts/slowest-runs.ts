/** One run that took long. Texts of the core are byte strings. */
export interface SlowRun {
  readonly hostName: string | undefined;
  readonly serviceDescription: string | undefined;
  readonly seconds: number;
  readonly isTimedOut: boolean;
  /** When it ended, in seconds since the epoch. */
  readonly time: number;
}

const MAX_RUNS = 10;

/** The slowest runs of this half hour and of the one before. Nearly all runs cost one comparison. */
export class SlowestRuns {
  #now: SlowRun[] = [];
  #before: readonly SlowRun[] = [];
  /** What a run must exceed to be kept. */
  #least = 0;

  /** `describe` is called only if the run is one of the slowest. */
  ran(seconds: number, describe: () => SlowRun): void {
    if (seconds <= this.#least) return;
    this.#now = slowestOf([...this.#now, describe()]);
    this.#least = this.#now.length < MAX_RUNS ? 0 : (this.#now.at(-1)?.seconds ?? 0);
  }

  turn(): void {
    this.#before = this.#now;
    this.#now = [];
    this.#least = 0;
  }

  /** The slowest first. */
  get told(): readonly SlowRun[] {
    return slowestOf([...this.#now, ...this.#before]);
  }
}

function slowestOf(runs: readonly SlowRun[]): SlowRun[] {
  return runs.toSorted((a, b) => b.seconds - a.seconds).slice(0, MAX_RUNS);
}
