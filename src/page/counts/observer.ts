import type { Outcome } from "../../outcome/outcome.ts";
import { PayloadError } from "../../payload/payload-error.ts";
import { checkName } from "../../worker/check-name.ts";
import type { PerformedJob, WorkerEvents, WorkerListener } from "../../worker/worker-events.ts";
import { CheckCounts } from "./check-counts.ts";
import { History, POINT_SECONDS, POINTS } from "./history.ts";
import { RouteCounts } from "./route-counts.ts";
import { SlowestRuns } from "./slowest-runs.ts";
import { Troubles } from "./troubles.ts";

/** The troubles of the last five to ten minutes are told. */
const TROUBLE_SECONDS = 300;

/**
 * What the page tells of jobs that are over. All of it is of a fixed size, and a job costs some additions.
 * Life: made → observing → disposed of.
 */
export class Observer implements Disposable {
  readonly history = new History();
  readonly checks = new CheckCounts();
  readonly routes = new RouteCounts();
  readonly slowest = new SlowestRuns();
  readonly troubles = new Troubles();
  /** To be given to the worker. */
  readonly listener: WorkerListener = {
    ran: (performed) => this.#ran(performed),
    unreadable: (_, error) => this.troubles.add(error instanceof PayloadError ? "other-key" : "unreadable"),
    late: (late) => this.troubles.add("late", describeLate(late)),
  };
  #timer: NodeJS.Timeout | undefined;

  /** Closes a point of the history every ten seconds. `inFlight` gives the jobs under way. */
  observe(inFlight: () => number): void {
    this.#timer = setInterval(() => this.#close(inFlight()), POINT_SECONDS * 1000);
    this.#timer.unref();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #close(inFlight: number): void {
    this.history.close(inFlight);
    if (this.history.closed % (TROUBLE_SECONDS / POINT_SECONDS) === 0) this.troubles.turn();
    if (this.history.closed % (POINTS / 2) !== 0) return;
    for (const counts of [this.checks, this.routes, this.slowest]) counts.turn();
  }

  #ran({ job, ran }: PerformedJob): void {
    const { outcome, via = "none", startTime, finishTime } = ran;
    const { hostName, serviceDescription } = job;
    this.history.job();
    this.troubles.add("ran");
    // A dry run is what the operator wants.
    if (outcome.kind === "refused" && outcome.refusal.rule !== "handler-dry-run")
      this.troubles.add("refused", outcome.refusal.rule);
    // The words of a refusal may hold the command line.
    this.routes.ran(via, outcome.kind === "refused" ? outcome.refusal.rule : ran.why);
    if (job.coreTime !== undefined) this.history.started(startTime - job.coreTime);
    if (!hasRun(outcome)) return;
    const seconds = finishTime - startTime;
    const isTimedOut = outcome.kind === "timed-out";
    const isOk = outcome.kind === "exited" && outcome.returnCode === 0;
    this.history.ran(seconds, isTimedOut);
    if (isTimedOut) this.troubles.add("timed-out");
    this.checks.ran(checkName(job.commandLine), { seconds, isOk, isTimedOut });
    this.slowest.ran(seconds, () => ({
      hostName,
      serviceDescription,
      seconds,
      isTimedOut,
      time: finishTime,
    }));
  }
}

function hasRun({ kind }: Outcome): boolean {
  return kind !== "too-old" && kind !== "refused";
}

function describeLate({ seconds, culprit, underWay }: Parameters<WorkerEvents["late"]>[0]): string {
  const whose = culprit ?? `one of those under way (${underWay.join(", ") || "none"}) or the machine`;
  return `the last time for ${seconds.toFixed(1)} s because of ${whose}`;
}
