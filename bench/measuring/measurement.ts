import type { Cage } from "../processes/cage.ts";
import type { Line, Wishes } from "../scenarios/line.ts";
import type { StandIns } from "../stand-ins/stand-ins.ts";
import type { Settings } from "../workers/warm-worker.ts";
import type { Worker } from "../workers/worker.ts";
import type { Figures } from "./figures.ts";

/** Measures one worker with one line, once. */
export type Measure = (worker: Worker, line: Line, circumstances: Circumstances) => Promise<Measurement>;

/** What every measurement of a run works with. */
export interface Circumstances {
  readonly settings: Settings & Wishes;
  readonly standIns: Pick<StandIns, "cpuMs">;
  readonly signal: AbortSignal;
}

/** What was measured of one worker with one line, once. */
export interface Measurement {
  readonly worker: string;
  readonly line: string;
  readonly pool: number;
  readonly jobs: number;
  readonly cpuMeasuredBy: Cage["how"] | "bash's time";
  readonly figures: Figures;
  /** The number of wrong, second and missing results. */
  readonly wrong: number;
  /** The first wrong result. */
  readonly sample: string | undefined;
}
