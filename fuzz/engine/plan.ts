import type { Finding } from "./finding.ts";

/** How long a target is looked at. */
export interface Plan {
  readonly seed: bigint;
  readonly runs: number;
  /** On the clock of `performance.now`. */
  readonly untilMs: number;
  /** An input that takes longer is a finding. */
  readonly slowMs: number;
}

/** What came of it. */
export interface Tally {
  readonly name: string;
  readonly inputs: number;
  /** How many kinds of results there were. */
  readonly shapes: number;
  readonly findings: readonly Finding[];
  readonly cpuSeconds: number;
  /** How much more memory is in use than at the beginning. */
  readonly grownBytes: number;
}
