import type { Cage } from "./cage.ts";
import type { Figures } from "./figures.ts";

/** One worker, one line, once. */
export interface Measurement {
  readonly worker: string;
  readonly line: string;
  readonly pool: number;
  readonly jobs: number;
  readonly cpuMeasuredBy: Cage["how"];
  readonly figures: Figures;
  /** Wrong, double and missing results. */
  readonly wrong: number;
  /** The first wrong one. */
  readonly sample: string | undefined;
}
