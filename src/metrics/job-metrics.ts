import { JOB_ERROR_KINDS, JobError } from "../job/decode.ts";
import { isJobType } from "../job/job.ts";
import type { Via } from "../outcome/outcome.ts";
import { REFUSAL_RULES } from "../outcome/refusal.ts";
import { NOT_EXECUTABLE, NOT_FOUND, TOO_MANY_OF_USER } from "../outcome/shell-codes.ts";
import { PAYLOAD_ERROR_KINDS, PayloadError } from "../payload/payload-error.ts";
import { checkName, OTHER_CHECK as OTHER } from "../worker/check-name.ts";
import type { PerformedJob, WorkerListener } from "../worker/worker-events.ts";
import type { Distribution, SeriesStore, Tally } from "./series.ts";

/** So many plugins are told apart. A site has a few dozens; a broken one could name a new one each time. */
const MAX_CHECKS = 100;
const TOO_OLD = "too-old";

/** The return codes with which a shell says why it has not started a program. */
const MISSING: Readonly<Record<number, string>> = {
  [NOT_EXECUTABLE]: "not-executable",
  [NOT_FOUND]: "not-found",
};

/** The Go worker's words for how a job was run. */
const EXEC: Readonly<Record<Via, string>> = {
  native: "internal",
  warm: "epn",
  plugin: "exec",
  shell: "shell",
  refuse: "bad_path",
};

/** What is counted of the jobs of one queue and type that were run one way. */
interface JobSeries {
  readonly ran: Tally;
  readonly completed: Tally;
  readonly errors: Tally;
  readonly duration: Distribution;
  readonly latency: Distribution;
  readonly timedOut: Tally;
}

/** What is counted of a check. */
interface CheckSeries {
  readonly duration: Distribution;
  /** `other` beyond the bound. */
  readonly name: string;
}

/** Counts what happens to jobs. For each job it looks up two keys and adds. */
export class JobMetrics {
  readonly #store: SeriesStore;
  /** By queue, type and way: three short keys cost less than one that must be made. */
  readonly #jobs = new Map<string, Map<string, Map<Via | undefined, JobSeries>>>();
  readonly #checks = new Map<string, CheckSeries>();

  /** Reasons that are known are there from the start, so that the first of each is seen as an increase. */
  constructor(store: SeriesStore) {
    this.#store = store;
    for (const reason of [...PAYLOAD_ERROR_KINDS, ...JOB_ERROR_KINDS, TOO_OLD, OTHER])
      store.series("jobsRejected", reason);
    for (const rule of REFUSAL_RULES) store.series("jobsRefused", rule);
  }

  get listener(): WorkerListener {
    const count = (key: "resultsDelivered" | "jobsFailed") => {
      const series = this.#store.series(key);
      return () => series.inc();
    };
    return {
      ran: (performed) => this.#ran(performed),
      declined: (check) => this.#store.series("nativeDeclined", check).inc(),
      unreadable: (_, error) => this.#store.series("jobsRejected", reasonOf(error)).inc(),
      delivered: count("resultsDelivered"),
      failed: count("jobsFailed"),
      connected: (server) => {
        this.#store.series("serverConnects", server).inc();
        this.#store.series("serverLost", server);
      },
      lost: (server) => this.#store.series("serverLost", server).inc(),
    };
  }

  #ran({ job, ran, queue }: PerformedJob): void {
    const { outcome, via, startTime, finishTime } = ran;
    const series = this.#seriesOf(queue, job.type, via);
    series.ran.inc();
    series.completed.inc();
    if (outcome.kind !== "exited" || outcome.returnCode !== 0) series.errors.inc();
    if (job.coreTime !== undefined) series.latency.observe(Math.max(0, startTime - job.coreTime));
    switch (outcome.kind) {
      case "too-old":
        this.#store.series("jobsRejected", TOO_OLD).inc();
        return;
      case "refused":
        this.#store.series("jobsRefused", outcome.refusal.rule).inc();
        return;
      case "timed-out":
        series.timedOut.inc();
        break;
      case "exited":
      case "signalled":
      case "not-compiled":
      case "not-started":
      case "crashed":
        break;
    }
    series.duration.observe(finishTime - startTime);
    const check = this.#checkOf(job.commandLine);
    check.duration.observe(finishTime - startTime);
    const missing = outcome.kind === "exited" ? MISSING[outcome.returnCode] : undefined;
    if (missing !== undefined && outcome.kind === "exited" && !TOO_MANY_OF_USER.test(outcome.stderr))
      this.#store.series("pluginsMissing", check.name, missing).inc();
  }

  #seriesOf(queue: string, type: string, via: Via | undefined): JobSeries {
    return this.#jobs.get(queue)?.get(type)?.get(via) ?? this.#createSeries(queue, type, via);
  }

  #createSeries(queue: string, type: string, via: Via | undefined): JobSeries {
    const kind = isJobType(type) ? type : OTHER;
    const exec = via === undefined ? "too_late" : EXEC[via];
    const store = this.#store;
    const series = {
      ran: store.series("jobsRan", queue, kind, via ?? "none"),
      completed: store.series("tasksCompleted", kind, exec),
      errors: store.series("tasksErrors", kind, exec),
      duration: store.series("jobDuration", kind, via ?? "none"),
      latency: store.series("jobLatency", queue),
      timedOut: store.series("jobsTimedOut", queue),
    };
    // A job of an unknown type may have any text as its type.
    if (kind !== type) return series;
    const ofQueue = this.#jobs.get(queue) ?? new Map<string, Map<Via | undefined, JobSeries>>();
    const ofType = ofQueue.get(type) ?? new Map<Via | undefined, JobSeries>();
    this.#jobs.set(queue, ofQueue.set(type, ofType.set(via, series)));
    return series;
  }

  #checkOf(commandLine: string): CheckSeries {
    const file = checkName(commandLine);
    const known = this.#checks.get(file);
    if (known !== undefined) return known;
    const isTold = this.#checks.size < MAX_CHECKS;
    const name = isTold ? file : OTHER;
    const series = { name, duration: this.#store.series("checkDuration", name) };
    if (isTold) this.#checks.set(file, series);
    return series;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof PayloadError || error instanceof JobError ? error.kind : OTHER;
}
