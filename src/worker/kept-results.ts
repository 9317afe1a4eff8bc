import type { Config } from "../config/config.ts";
import { digestOf } from "../gearman/grabber/orphans.ts";
import type { RunningJob } from "../gearman/grabber/running-job.ts";
import type { Log } from "../log.ts";
import { type Keeper, type Outbox, ResultTooOldError, type WaitingParcel } from "../result/outbox.ts";
import type { SpooledResult } from "../result/spool/records.ts";
import { Spool, type SpoolStatus } from "../result/spool/spool.ts";
import type { JobServers } from "./servers/job-servers.ts";

export interface KeptResultsOptions {
  readonly log: Log;
  readonly config: () => Pick<Config, "resultSpool" | "resultMaxAge" | "resultSpoolMaxSize">;
  readonly outbox: () => Pick<Outbox, "bytes" | "deliver" | "keepOlderThan">;
  readonly jobServers: () => Pick<JobServers, "adopt">;
}

const LOOK_MS = 250;
/** A job server that is well confirms a result within milliseconds. */
const KEPT_AFTER_MS = 1_000;
const CLOCK_STEP_MS = 100;
const MIB = 1024 * 1024;

/**
 * The spool of a worker that has one. It keeps results that no job server was there for, and those that a job
 * server has not confirmed for a second. A result that is delivered at once is never written.
 *
 * After a start the results that an earlier one has left are delivered, each to the job server that its job
 * came from, and before others. Their jobs, if they are assigned again, are not run, but completed when the
 * result is delivered.
 */
export class KeptResults implements Keeper {
  readonly #options: KeptResultsOptions;
  #spool: Spool | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: KeptResultsOptions) {
    this.#options = options;
  }

  get status(): SpoolStatus | undefined {
    return this.#spool?.status;
  }

  /** No more results should wait, whether they are on the disk yet or not: no more jobs are taken. */
  get isFull(): boolean {
    if (this.#spool === undefined) return false;
    const { config, outbox } = this.#options;
    return outbox().bytes >= config().resultSpoolMaxSize * MIB;
  }

  /** To be called before there are jobs. Throws a `SpoolError` if the folder cannot be used. */
  start(): void {
    const { config, log, outbox } = this.#options;
    const { resultSpool: folder, resultMaxAge: maxAge } = config();
    if (folder === undefined) return;
    this.#spool = new Spool({ folder, maxAge, log, onRestored: (results) => this.#restore(results) });
    this.#spool.start();
    this.#timer = setInterval(() => outbox().keepOlderThan(KEPT_AFTER_MS), LOOK_MS).unref();
  }

  readonly keep = (parcel: WaitingParcel): void => {
    // It is told again and again of the same, and a digest costs.
    if (this.#spool?.has(parcel.unique) === false) this.#spool.keep(toSpooled(parcel));
  };

  readonly release = ({ unique }: WaitingParcel): void => this.#spool?.release(unique);

  /** To be called when the outbox has stopped. Resolves when what it has left is on the disk. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    await this.#spool?.stop();
  }

  #restore(results: readonly SpooledResult[]): void {
    const { log } = this.#options;
    log.info(`${results.length} results of an earlier start are in the spool and will be delivered`);
    void Promise.all(results.map((result) => this.#deliver(result))).then((ends) => {
      if (this.#isStopped) return;
      const old = ends.filter((end) => end === "too old").length;
      if (old > 0)
        log.warn(`${old} results of an earlier start are older than result_max_age now, they are dropped`);
      if (old < ends.length) log.info("the results of the earlier start are delivered");
    });
  }

  /** Never rejects. */
  async #deliver({
    unique,
    server,
    queue,
    workload,
    time,
    job,
  }: SpooledResult): Promise<"delivered" | "given up" | "too old"> {
    const { log, outbox, jobServers } = this.#options;
    const earlier: RunningJob | undefined = job && jobServers().adopt({ ...job, server });
    const sinceMs = performance.now() - Math.max(0, Date.now() - time * 1000);
    try {
      await outbox().deliver({ queue, workload, server, left: { unique, sinceMs } });
      earlier?.complete();
      return "delivered";
    } catch (err) {
      if (this.#isStopped) return "given up"; // it stays in the spool
      if (err instanceof ResultTooOldError) {
        earlier?.fail();
        return "too old";
      }
      log.error({ err, server, queue }, "a result of an earlier start is given up");
      earlier?.fail();
      return "given up";
    }
  }
}

/**
 * By how much the clock has been set since the start. It counts whole milliseconds, so without rounding the
 * results of one millisecond would change their order.
 */
function clockSetByMs(): number {
  const differs = Date.now() - performance.now() - performance.timeOrigin;
  return Math.round(differs / CLOCK_STEP_MS) * CLOCK_STEP_MS;
}

function toSpooled({ unique, sinceMs, server, queue, workload, job }: WaitingParcel): SpooledResult {
  const time = (performance.timeOrigin + sinceMs + clockSetByMs()) / 1000;
  const answered = job && { queue: job.queue, digest: digestOf(job.workload) };
  return { unique, server, queue, workload, time, ...(answered && { job: answered }) };
}
