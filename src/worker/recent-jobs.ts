import type { ByteString } from "../byte-string.ts";
import { errorText } from "../error-text.ts";
import { JobError } from "../job/decode.ts";
import { TOO_MANY_OF_USER } from "../outcome/shell-codes.ts";
import { PayloadError } from "../payload/payload-error.ts";
import { programOf, whyUnusable } from "./unusable-plugin.ts";
import type { PerformedJob, WorkerListener } from "./worker-events.ts";

/** A plugin that jobs have named and that could not be started. */
export interface UnusablePlugin {
  readonly path: ByteString;
  readonly why: "not found" | "not executable";
  /** Seconds since the epoch. */
  readonly lastTime: number;
}

/** Jobs that were failed because they could not be read, since the start. */
export interface UnreadableJobs {
  readonly count: number;
  /** Of the last one, in seconds since the epoch. */
  readonly lastTime: number;
  /** Why the last one could not be read, and what to do. It holds nothing of the job. */
  readonly why: string;
}

export interface RecentStatus {
  /** At most 20, those of the latest jobs last. A plugin that was started since is not among them. */
  readonly unusable: readonly UnusablePlugin[];
  /**
   * The least number of seconds from the time that the core had planned for a job to its start, of the last
   * five to ten minutes. Less than 0: the clocks differ. Undefined: no job said its time.
   */
  readonly leastLatency: number | undefined;
  /** Undefined: every job could be read. */
  readonly unreadable?: UnreadableJobs;
}

const MOST = 20;
const SPAN_SECONDS = 300;

/** What a worker remembers of its latest jobs, for `omd-worker status` and `doctor`. */
export class RecentJobs {
  readonly listener: WorkerListener = {
    ran: (performed) => this.#add(performed),
    unreadable: (_, error) => this.#addUnreadable(error),
  };
  readonly #unusable = new Map<ByteString, UnusablePlugin>();
  #unreadable: UnreadableJobs | undefined;
  #spanEnd = 0;
  #least = Number.POSITIVE_INFINITY;
  #leastBefore = Number.POSITIVE_INFINITY;

  get status(): RecentStatus {
    const least = Math.min(this.#least, this.#leastBefore);
    return {
      unusable: [...this.#unusable.values()],
      leastLatency: Number.isFinite(least) ? least : undefined,
      ...(this.#unreadable && { unreadable: this.#unreadable }),
    };
  }

  #addUnreadable(error: unknown): void {
    const count = (this.#unreadable?.count ?? 0) + 1;
    this.#unreadable = { count, lastTime: Date.now() / 1000, why: whyUnreadable(error) };
  }

  #add({ job, ran }: PerformedJob): void {
    if (ran.startTime >= this.#spanEnd) this.#turn(ran.startTime);
    if (job.coreTime !== undefined) this.#least = Math.min(this.#least, ran.startTime - job.coreTime);
    if (ran.via !== "plugin" || ran.outcome.kind !== "exited") return;
    const why = whyUnusable(ran);
    if (why === undefined && (this.#unusable.size === 0 || TOO_MANY_OF_USER.test(ran.outcome.stderr))) return;
    const path = programOf(job.commandLine);
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

/** The texts of other errors might hold something of the job. */
function whyUnreadable(error: unknown): string {
  const isKnown = error instanceof PayloadError || error instanceof JobError;
  return isKnown ? errorText(error) : "the log says why";
}
