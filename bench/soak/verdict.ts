import { type Sample, SOAK_FIGURES, type SoakFigure } from "./figures.ts";

/** What became of one figure after the warm-up. */
export interface Steadiness {
  readonly figure: string;
  /** The median of its windows. */
  readonly level: number;
  /**
   * How far a straight line through the windows rises from the first to the last, as a share of the level.
   */
  readonly drift: number;
  /** The window that is farthest from the level, as a share of it. */
  readonly band: number;
  readonly isSteady: boolean;
  /** It is shown only. */
  readonly isPart?: true;
}

export interface SoakVerdict {
  /** Seconds after the first job from which on figures are judged. */
  readonly from: number;
  readonly figures: readonly Steadiness[];
}

/** Drift and band may be so much of the level. */
const MOST = 0.05;
/** Samples of a window: a minute, where there is one each ten seconds. */
const WINDOW = 6;
/**
 * malloc's pages are as many as were ever in use at once, between two collections that are minutes apart: it
 * takes many of them until there is no more than before.
 */
const WARM_UP = { most: 1200, share: 1 / 3 };

export function judgeSoak(samples: readonly Sample[], figures = SOAK_FIGURES): SoakVerdict {
  const length = samples.at(-1)?.seconds ?? 0;
  const from = Math.min(WARM_UP.most, length * WARM_UP.share);
  const judged = samples.filter(({ seconds }) => seconds >= from);
  return { from, figures: figures.map((figure) => judgeFigure(figure, judged)) };
}

function judgeFigure(figure: SoakFigure, samples: readonly Sample[]): Steadiness {
  const windows = windowsOf(samples, figure.by).map((window) => valueOfWindow(figure, window));
  const level = median(windows);
  const rise = slope(windows) * Math.max(0, windows.length - 1);
  const farthest = Math.max(0, ...windows.map((value) => Math.abs(value - level)));
  const isSmall = (difference: number) => difference <= Math.max(figure.slack, level * MOST);
  return {
    figure: figure.name,
    level,
    drift: level === 0 ? 0 : rise / level,
    band: level === 0 ? 0 : farthest / level,
    ...(figure.isPart && { isPart: true as const }),
    isSteady: windows.length > 1 && isSmall(Math.abs(rise)) && isSmall(farthest),
  };
}

/**
 * What is left over at the end belongs to the last window: one of a few samples would say little. A window
 * for the least is a tenth of the time, as V8 collects all of its garbage every few minutes only.
 */
export function windowsOf(
  samples: readonly Sample[],
  by: SoakFigure["by"] = "median",
): readonly (readonly Sample[])[] {
  const size = by === "median" ? WINDOW : Math.max(WINDOW, Math.floor(samples.length / 10));
  const count = Math.max(1, Math.floor(samples.length / size));
  return Array.from({ length: count }, (_, at) =>
    samples.slice(at * size, at === count - 1 ? undefined : (at + 1) * size),
  );
}

function valueOfWindow({ name, by }: SoakFigure, window: readonly Sample[]): number {
  const values = window.map((sample) => sample[name]);
  return by === "least" ? Math.min(...values) : median(values);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

/** Of the straight line with the least squares, for each step. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let above = 0;
  let below = 0;
  values.forEach((value, at) => {
    above += (at - middle) * (value - mean);
    below += (at - middle) ** 2;
  });
  return below === 0 ? 0 : above / below;
}
