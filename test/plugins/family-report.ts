import type { Comparison } from "./differential.ts";

interface Counts {
  equal: number;
  executed: number;
  declined: number;
  different: number;
}

const NONE: Counts = { equal: 0, executed: 0, declined: 0, different: 0 };

/**
 * Counts what the comparison of a family has found. It is printed where DIFFERENTIAL_RUNS asks for a number
 * of lines.
 */
export class FamilyReport {
  readonly #family: string;
  #counts: Counts = { ...NONE };

  constructor(family: string) {
    this.#family = family;
  }

  add({ equal, executed, declined, differences }: Comparison): void {
    this.#counts.equal += equal;
    this.#counts.executed += executed;
    this.#counts.declined += declined.length;
    this.#counts.different += differences.length;
  }

  print(): void {
    if (process.env["DIFFERENTIAL_RUNS"] === undefined) return;
    const { equal, executed, declined, different } = this.#counts;
    const lines = equal + executed + declined + different;
    const left = `${executed} left to the plugin by their words, ${declined} when run`;
    // biome-ignore lint/suspicious/noConsole: whoever asks for a number of lines wants to see the counts
    console.log(`${this.#family}: ${lines} lines, ${equal} equal, ${left}, ${different} different`);
  }
}
