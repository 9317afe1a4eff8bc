import type { Line } from "../scenarios/line.ts";
import type { Scenario } from "../scenarios/scenarios.ts";
import { takesPart, type Worker } from "../workers/worker.ts";
import { FIGURES, renderFigure } from "./figures.ts";
import type { Circumstances, Measurement } from "./measurement.ts";

export interface Plan {
  readonly scenario: Scenario;
  readonly lines: readonly Line[];
  readonly workers: readonly Worker[];
  readonly reps: number;
}

export interface Run {
  readonly measurements: readonly Measurement[];
  readonly failures: readonly Failure[];
}

/** A measurement that has failed. */
export interface Failure {
  readonly line: string;
  readonly worker: string;
  readonly message: string;
}

/** Measures every worker on every line. `say` gets a text after each measurement. */
export async function runAll(
  plan: Plan,
  circumstances: Circumstances,
  say: (words: string) => void,
): Promise<Run> {
  const measurements: Measurement[] = [];
  const failures: Failure[] = [];
  for (const { line, worker } of turnsOf(plan, plan.scenario)) {
    if (circumstances.signal.aborted) break;
    try {
      const measurement = await plan.scenario.measure(worker, line, circumstances);
      measurements.push(measurement);
      say(progress(measurement, plan.scenario));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      failures.push({ line: line.name, worker: worker.name, message });
      say(`${line.name} ${worker.name}: ${message}`);
    }
  }
  return { measurements, failures };
}

interface Turn {
  readonly line: Line;
  readonly worker: Worker;
}

/**
 * The workers take turns (A B C A B C), so that a disturbance of the machine meets all of them. Lines are run
 * one after the other, or take turns, too.
 */
export function turnsOf(
  { lines, workers, reps }: Omit<Plan, "scenario">,
  { linesTakeTurns }: Pick<Scenario, "linesTakeTurns"> = {},
): readonly Turn[] {
  const rounds = lines.map((line) =>
    workers.filter((worker) => takesPart(worker, line)).map((worker) => ({ line, worker })),
  );
  const repeated = (round: readonly Turn[]) => Array.from({ length: reps }, () => round).flat();
  return linesTakeTurns ? repeated(rounds.flat()) : rounds.flatMap(repeated);
}

function progress({ line, worker, figures, wrong, sample }: Measurement, { charts }: Scenario): string {
  const told = charts.flatMap((name) => {
    const value = figures[name];
    return value === undefined ? [] : `${FIGURES[name].title} ${renderFigure(name, value)}`;
  });
  const text = `${line} ${worker}: ${told.join(", ")}`;
  return wrong === 0 ? text : `${text}; ${wrong} wrong or missing, such as: ${sample ?? "(missing)"}`;
}
