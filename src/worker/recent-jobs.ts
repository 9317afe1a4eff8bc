import type { ByteString } from "../byte-string.ts";
import { NOT_EXECUTABLE, NOT_FOUND, TOO_MANY_OF_USER } from "../outcome/shell-codes.ts";
import type { PerformedJob, WorkerListener } from "./worker-events.ts";

/** A plugin that jobs have named and that could not be started. */
export interface UnusablePlugin {
  readonly path: ByteString;
  readonly why: "not found" | "not executable";
  /** Seconds since the epoch. */
  readonly lastTime: number;
}

export interface RecentStatus {
  /** At most 20, those of the latest jobs last. A plugin that was started since is not among them. */
  readonly unusable: readonly UnusablePlugin[];
  /**
   * The least number of seconds from the time that the core had planned for a job to its start, of the last
   * five to ten minutes. Less than 0: the clocks differ. Undefined: no job said its time.
   */
  readonly leastLatency: number | undefined;
}

const MOST = 20;
const SPAN_SECONDS = 300;

/** What a worker remembers of its latest jobs, for `omd-worker status` and `doctor`. */
export class RecentJobs {
  readonly listener: WorkerListener = { ran: (performed) => this.#add(performed) };
  readonly #unusable = new Map<ByteString, UnusablePlugin>();
  #spanEnd = 0;
  #least = Number.POSITIVE_INFINITY;
  #leastBefore = Number.POSITIVE_INFINITY;

  get status(): RecentStatus {
    const least = Math.min(this.#least, this.#leastBefore);
    return {
      unusable: [...this.#unusable.values()],
      leastLatency: Number.isFinite(least) ? least : undefined,
    };
  }

  #add({ job, ran }: PerformedJob): void {
    if (ran.startTime >= this.#spanEnd) this.#turn(ran.startTime);
    if (job.coreTime !== undefined) this.#least = Math.min(this.#least, ran.startTime - job.coreTime);
    if (ran.via !== "plugin" || ran.outcome.kind !== "exited") return;
    const why = WHY.get(ran.outcome.returnCode);
    if (why === undefined && this.#unusable.size === 0) return;
    if (why !== undefined && TOO_MANY_OF_USER.test(ran.outcome.stderr)) return;
    const path = pathOf(job.commandLine);
    this.#unusable.delete(path);
    if (why === undefined) return;
    this.#unusable.set(path, { path, why, lastTime: ran.finishTime });
    for (const oldest of this.#unusable.keys()) {
      if (this.#unusable.size <= MOST) break;
      this.#unusable.delete(oldest);
    }
  }

  /** Begins the next five minutes, and keeps what was found in those that have just ended. */
  #turn(now: number): void {
    this.#leastBefore = now < this.#spanEnd + SPAN_SECONDS ? this.#least : Number.POSITIVE_INFINITY;
    this.#least = Number.POSITIVE_INFINITY;
    this.#spanEnd = now + SPAN_SECONDS;
  }
}

const WHY: ReadonlyMap<number, UnusablePlugin["why"]> = new Map([
  [NOT_EXECUTABLE, "not executable"],
  [NOT_FOUND, "not found"],
]);

/** The program of a plain command line. Assignments in front of it are left out: they may hold a password. */
function pathOf(commandLine: ByteString): ByteString {
  return /^(?:\w+=[^\s'"]*\s+)*([^\s'"=]+)(?=\s|$)/.exec(commandLine)?.[1] ?? "a program in quotes";
}
