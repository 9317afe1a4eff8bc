import type { Measurement } from "./measure.ts";

/** The middle, the least and the most of some repetitions. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** One worker on one line over all repetitions. */
export interface Summary {
  readonly worker: string;
  readonly line: string;
  readonly pool: number;
  readonly jobs: number;
  readonly reps: number;
  readonly checksPerSecond: Spread;
  readonly seconds: Spread;
  readonly cpuMsPerCheck: Spread;
  readonly gearmandCpuMsPerCheck: Spread;
  readonly pssMiB: Spread;
  readonly peakMiB: Spread | undefined;
  readonly p50Ms: Spread;
  readonly p95Ms: Spread;
  readonly p99Ms: Spread;
  readonly otherCpu: Spread;
  /** Over all repetitions. */
  readonly wrong: number;
  /** Against the base: above 1 is faster, and above 1 costs more. */
  readonly rateRatio: number | undefined;
  readonly cpuRatio: number | undefined;
}

/** Of the measurements of one line, one row a worker; `base` is the worker the ratios are against. */
export function summarise(
  measurements: readonly Measurement[],
  base: string | undefined,
): readonly Summary[] {
  const byWorker = Map.groupBy(measurements, ({ worker }) => worker);
  const baseRuns = byWorker.get(base ?? "");
  return [...byWorker.values()].flatMap((runs) => {
    const [first] = runs;
    if (first === undefined) return [];
    const of = (read: (run: Measurement) => number): Spread => spread(runs.map(read));
    const ratio = (read: (run: Measurement) => number): number | undefined =>
      baseRuns && of(read).median / spread(baseRuns.map(read)).median;
    const { worker, line, pool, jobs } = first;
    return {
      worker,
      line,
      pool,
      jobs,
      reps: runs.length,
      checksPerSecond: of((run) => run.checksPerSecond),
      seconds: of((run) => run.seconds),
      cpuMsPerCheck: of((run) => run.cpuMsPerCheck),
      gearmandCpuMsPerCheck: of((run) => run.gearmandCpuMsPerCheck),
      pssMiB: of((run) => run.pssMiB),
      peakMiB: first.peakMiB === undefined ? undefined : of((run) => run.peakMiB ?? Number.NaN),
      p50Ms: of((run) => run.latencyMs.p50),
      p95Ms: of((run) => run.latencyMs.p95),
      p99Ms: of((run) => run.latencyMs.p99),
      otherCpu: of((run) => run.otherCpu),
      wrong: runs.reduce((sum, run) => sum + run.wrong, 0),
      rateRatio: ratio((run) => run.checksPerSecond),
      cpuRatio: ratio((run) => run.cpuMsPerCheck),
    };
  });
}

function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const half = (sorted.length - 1) / 2;
  return {
    median: (at(Math.floor(half)) + at(Math.ceil(half))) / 2,
    least: at(0),
    most: at(sorted.length - 1),
  };
}
