import type { Figures } from "../../bench/measuring/figures.ts";
import type { Measurement } from "../../bench/measuring/measurement.ts";

/** A measurement with these figures. Everything else in it is usual. */
export function measurement(worker: string, figures: Figures, more: Partial<Measurement> = {}): Measurement {
  return {
    worker,
    line: "true",
    pool: 10,
    jobs: 100,
    cpuMeasuredBy: "cgroup v2",
    figures,
    wrong: 0,
    sample: undefined,
    ...more,
  };
}
