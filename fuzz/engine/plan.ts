import type { Finding } from "./finding.ts";

/** How long a target is looked at. */
export interface Plan {
  readonly seed: bigint;
  /** Inputs to begin with, besides the samples of the target. */
  readonly corpus?: readonly Buffer[];
  readonly runs: number;
  /** On the clock of `performance.now`. */
  readonly untilMs: number;
  /** An input that takes longer is a finding. */
  readonly slowMs: number;
  /** `inUseBytes` of the target before, so that it need not be measured again. */
  readonly inUseBytes?: number | undefined;
}

/** What came of it. */
export interface Tally {
  readonly name: string;
  readonly inputs: number;
  /** How many kinds of results there were. */
  readonly shapes: number;
  /** Inputs whose results were new. */
  readonly added: readonly Buffer[];
  readonly findings: readonly Finding[];
  readonly cpuSeconds: number;
  /** Memory in use at the end. */
  readonly inUseBytes: number;
  /** How much more that is than at the beginning. */
  readonly grownBytes: number;
}

/** What one of the two ways to give inputs knows. */
export type Counted = Omit<Tally, "cpuSeconds" | "grownBytes" | "inUseBytes">;
