/** What the load process is told, as JSON in its one argument. */
export interface LoadOrder {
  readonly port: number;
  readonly key: string | undefined;
  readonly command: string;
  readonly jobs: number;
  readonly output: string | undefined;
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
  /** From submission to result, sorted. */
  readonly latenciesMs: readonly number[];
  readonly cpuMs: number;
}
