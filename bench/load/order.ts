import type { Part } from "../scenarios/line.ts";
import type { Percentiles } from "./percentiles.ts";

/** What the load process has to do: JSON in its only argument. */
export interface LoadOrder {
  readonly port: number;
  readonly key: string | undefined;
  /** Its commands have no placeholders. */
  readonly mix: readonly Part[];
  readonly jobs: number;
  /** Jobs a second; undefined: as fast as they go. */
  readonly rate: number | undefined;
  /** So many jobs more, which are submitted all at once after a while. */
  readonly storm?: { readonly part: Part; readonly jobs: number } | undefined;
}

/** What the load process has found. */
export interface LoadReport {
  /** The number of jobs that got a result. */
  readonly results: number;
  readonly wrong: number;
  /** The first wrong result. */
  readonly sample: string | undefined;
  readonly submitsPerSecond: number;
  /** From the first result to the last. */
  readonly seconds: number;
  /** From submission to result, for the parts that are timed. */
  readonly latencyMs: Percentiles;
  /** From the submission of the storm to the last of its results. */
  readonly stormSeconds: number | undefined;
  readonly cpuMs: number;
}
