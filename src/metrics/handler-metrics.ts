import { RUN_RESULTS, type RunResult } from "../handlers/handler-run.ts";
import type { Outcome } from "../outcome/outcome.ts";
import { checkName, OTHER_CHECK as OTHER } from "../worker/check-name.ts";
import { resultOf } from "../worker/handlers/describe-run.ts";
import type { PerformedJob, WorkerListener } from "../worker/worker-events.ts";
import type { Distribution, SeriesStore, Tally } from "./series.ts";

/** A rate that is reached is told apart from a command that may never run. */
type Ending = RunResult | typeof TOO_OFTEN;

/** What is counted of one handler. */
interface HandlerSeries {
  readonly ended: Readonly<Record<Ending, Tally>>;
  readonly duration: Distribution;
}

const TOO_OFTEN = "too-often";
/** Names come from command lines, also from those that are refused. */
const MAX_HANDLERS = 100;
const WAS_RUN: ReadonlySet<Ending> = new Set(["ok", "failed", "timed-out"]);

/** Counts what becomes of event handlers. There are few of them beside the checks. */
export class HandlerMetrics {
  readonly #store: SeriesStore;
  readonly #handlers = new Map<string, HandlerSeries>();
  readonly listener: WorkerListener = {
    ran: (performed) => {
      if (performed.job.type === "eventhandler") this.#ran(performed);
    },
  };

  constructor(store: SeriesStore) {
    this.#store = store;
  }

  #ran({ job, ran: { outcome, startTime, finishTime } }: PerformedJob): void {
    const { ended, duration } = this.#seriesOf(checkName(job.commandLine));
    const ending = endingOf(outcome);
    ended[ending].inc();
    if (WAS_RUN.has(ending)) duration.observe(finishTime - startTime);
  }

  /** All endings are there from the first run on, so that the first failure is seen as an increase. */
  #seriesOf(handler: string): HandlerSeries {
    const name = this.#handlers.has(handler) || this.#handlers.size < MAX_HANDLERS ? handler : OTHER;
    const known = this.#handlers.get(name);
    if (known !== undefined) return known;
    const tally = (ending: Ending) => [ending, this.#store.series("handlersRan", name, ending)] as const;
    const endings: readonly Ending[] = [...RUN_RESULTS, TOO_OFTEN];
    const series = {
      ended: Object.fromEntries(endings.map(tally)) as Record<Ending, Tally>,
      duration: this.#store.series("handlerDuration", name),
    };
    this.#handlers.set(name, series);
    return series;
  }
}

function endingOf(outcome: Outcome): Ending {
  const isTooOften = outcome.kind === "refused" && outcome.refusal.rule === "handler-too-often";
  return isTooOften ? TOO_OFTEN : resultOf(outcome);
}
