import { FIGURE_NAMES, type FigureName, type Figures } from "../measuring/figures.ts";
import type { Measurement } from "../measuring/measurement.ts";
import { type Spread, spread } from "../measuring/spread.ts";

export type Spreads = Readonly<Partial<Record<FigureName, Spread>>>;

/** One worker on one line over all repetitions. */
export interface Summary {
  readonly worker: string;
  readonly line: string;
  readonly pool: number;
  readonly jobs: number;
  readonly reps: number;
  readonly figures: Spreads;
  /** Each median divided by that of the base. */
  readonly ratios: Figures;
  /** The sum of all repetitions. */
  readonly wrong: number;
}

/**
 * Sums up the measurements of one line, a row for each worker. `base` is the worker the others are compared
 * with.
 */
export function summarise(
  measurements: readonly Measurement[],
  base: string | undefined,
): readonly Summary[] {
  const byWorker = Map.groupBy(measurements, ({ worker }) => worker);
  const baseSpreads = spreads(byWorker.get(base ?? "") ?? []);
  return [...byWorker.values()].flatMap((runs) => {
    const [first] = runs;
    if (first === undefined) return [];
    const { worker, line, pool, jobs } = first;
    const figures = spreads(runs);
    return {
      worker,
      line,
      pool,
      jobs,
      reps: runs.length,
      figures,
      ratios: ratios(figures, baseSpreads),
      wrong: runs.reduce((sum, run) => sum + run.wrong, 0),
    };
  });
}

function spreads(runs: readonly Measurement[]): Spreads {
  return Object.fromEntries(
    FIGURE_NAMES.flatMap((name) => {
      const values = runs.map(({ figures }) => figures[name]).filter((value) => value !== undefined);
      return values.length === 0 ? [] : [[name, spread(values)]];
    }),
  );
}

function ratios(figures: Spreads, base: Spreads): Figures {
  return Object.fromEntries(
    FIGURE_NAMES.flatMap((name) => {
      const [own, other] = [figures[name], base[name]];
      return own && other && other.median !== 0 ? [[name, own.median / other.median]] : [];
    }),
  );
}
