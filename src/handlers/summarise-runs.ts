import { type HandlerRun, RUN_RESULTS, type RunResult } from "./handler-run.ts";

/** What one event handler has done. Times are ISO 8601. */
export interface HandlerSummary {
  readonly handler: string;
  /** How many of its runs ended so. */
  readonly results: Readonly<Record<RunResult, number>>;
  /** All of them. */
  readonly runs: number;
  readonly first: string;
  readonly last: string;
  /** Of those that were really run. */
  readonly meanSeconds: number;
  readonly maxSeconds: number;
  readonly lastFailure: HandlerRun | undefined;
}

const FAILURES: readonly RunResult[] = ["failed", "timed-out"];
const STARTED: readonly RunResult[] = ["ok", ...FAILURES];

/** One for each handler, by its name. */
export function summariseRuns(runs: readonly HandlerRun[]): readonly HandlerSummary[] {
  const byTime = runs.toSorted((one, other) => Date.parse(one.time) - Date.parse(other.time));
  return [...Map.groupBy(byTime, ({ handler }) => handler)]
    .map(([handler, ofHandler]) => summarise(handler, ofHandler))
    .sort((one, other) => (one.handler < other.handler ? -1 : 1));
}

function summarise(handler: string, runs: readonly HandlerRun[]): HandlerSummary {
  const counted = RUN_RESULTS.map((result) => [result, runs.filter((run) => run.result === result).length]);
  const seconds = runs.filter(({ result }) => STARTED.includes(result)).map((run) => run.seconds);
  const total = seconds.reduce((sum, one) => sum + one, 0);
  return {
    handler,
    results: Object.fromEntries(counted),
    runs: runs.length,
    first: runs[0]?.time ?? "",
    last: runs.at(-1)?.time ?? "",
    meanSeconds: seconds.length === 0 ? 0 : total / seconds.length,
    maxSeconds: seconds.reduce((most, one) => Math.max(most, one), 0),
    lastFailure: runs.findLast(({ result }) => FAILURES.includes(result)),
  };
}
