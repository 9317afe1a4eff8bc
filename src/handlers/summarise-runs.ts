import { type Grouping, groupOf } from "./group-runs.ts";
import { type HandlerRun, RUN_RESULTS, type RunResult } from "./handler-run.ts";

/** What one event handler has done, or those of one command line, host or service. Times are ISO 8601. */
export interface HandlerSummary {
  /** What the row stands for. */
  readonly name: string;
  /** The file names of the programs. */
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

/** One for each group, by its name. */
export function summariseRuns(runs: readonly HandlerRun[], by: Grouping): readonly HandlerSummary[] {
  const byTime = runs.toSorted((one, other) => Date.parse(one.time) - Date.parse(other.time));
  return [...Map.groupBy(byTime, (run) => groupOf(run, by))]
    .map(([name, ofGroup]) => summarise(name, ofGroup))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

function summarise(name: string, runs: readonly HandlerRun[]): HandlerSummary {
  const counted = RUN_RESULTS.map((result) => [result, runs.filter((run) => run.result === result).length]);
  const seconds = runs.filter(({ result }) => STARTED.includes(result)).map((run) => run.seconds);
  const total = seconds.reduce((sum, one) => sum + one, 0);
  return {
    name,
    handler: [...new Set(runs.map(({ handler }) => handler))].toSorted().join(", "),
    results: Object.fromEntries(counted),
    runs: runs.length,
    first: runs[0]?.time ?? "",
    last: runs.at(-1)?.time ?? "",
    meanSeconds: seconds.length === 0 ? 0 : total / seconds.length,
    maxSeconds: seconds.reduce((most, one) => Math.max(most, one), 0),
    lastFailure: runs.findLast(({ result }) => FAILURES.includes(result)),
  };
}
