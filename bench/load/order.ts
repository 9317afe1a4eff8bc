import type { Part } from "../scenarios/line.ts";
import type { Percentiles } from "./percentiles.ts";

/** What the load process is told, as JSON in its one argument. */
export interface LoadOrder {
  readonly port: number;
  readonly key: string | undefined;
  /** Without placeholders. */
  readonly mix: readonly Part[];
  readonly jobs: number;
  /** Jobs a second; undefined: as fast as they go. */
  readonly rate: number | undefined;
}

/** What it found. */
export interface LoadReport {
  /** Jobs that got one. */
  readonly results: number;
  readonly wrong: number;
  /** The first wrong result. */
  readonly sample: string | undefined;
  readonly submitsPerSecond: number;
  /** From the first result to the last. */
  readonly seconds: number;
  /** From submission to result, of the parts that are timed. */
  readonly latencyMs: Percentiles;
  readonly cpuMs: number;
}
