import { Recent } from "./recent.ts";

/** How the runs of one check went, of late. Times are in seconds. */
export interface CheckCount {
  /** The plugin's file name. */
  readonly name: string;
  readonly runs: number;
  /** Runs that did not end with return code 0, the timed-out ones among them. */
  readonly notOk: number;
  readonly timedOut: number;
  readonly mean: number;
  readonly longest: number;
}

interface Count {
  runs: number;
  notOk: number;
  timedOut: number;
  seconds: number;
  longest: number;
}

/** How a run went. */
export interface RunFacts {
  readonly seconds: number;
  readonly isOk: boolean;
  readonly isTimedOut: boolean;
}

const MAX_CHECKS = 200;
const MAX_TOLD = 10;

/** Counts runs by the name of the check. */
export class CheckCounts {
  readonly #recent = new Recent<Count>(MAX_CHECKS, () => ({
    runs: 0,
    notOk: 0,
    timedOut: 0,
    seconds: 0,
    longest: 0,
  }));

  ran(name: string, { seconds, isOk, isTimedOut }: RunFacts): void {
    const count = this.#recent.of(name);
    count.runs += 1;
    count.seconds += seconds;
    if (seconds > count.longest) count.longest = seconds;
    if (!isOk) count.notOk += 1;
    if (isTimedOut) count.timedOut += 1;
  }

  turn(): void {
    this.#recent.turn();
  }

  /** The ten slowest on average. */
  get slowest(): readonly CheckCount[] {
    return this.#all.toSorted((a, b) => b.mean - a.mean).slice(0, MAX_TOLD);
  }

  /** The ten that most often were not OK. */
  get mostFailing(): readonly CheckCount[] {
    const failing = this.#all.filter(({ notOk }) => notOk > 0);
    return failing.toSorted((a, b) => b.notOk - a.notOk).slice(0, MAX_TOLD);
  }

  get #all(): readonly CheckCount[] {
    return this.#recent.entries.map(([name, counts]) => {
      const sum = (key: keyof Count) => counts.reduce((total, count) => total + count[key], 0);
      const runs = sum("runs");
      return {
        name,
        runs,
        notOk: sum("notOk"),
        timedOut: sum("timedOut"),
        mean: sum("seconds") / runs,
        longest: Math.max(...counts.map(({ longest }) => longest)),
      };
    });
  }
}
