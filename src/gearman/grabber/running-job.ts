/** A job that a job server has assigned to us. It needs exactly one answer; a second answer is ignored. */
export interface GrabbedJob {
  readonly handle: string;
  readonly queue: string;
  readonly unique: string;
  readonly workload: Buffer;
  /** `host:port` of the job server it came from. */
  readonly server: string;
  complete(data?: Uint8Array): void;
  fail(): void;
}

/** What ends a job. */
export type Answer =
  | { readonly type: "WORK_COMPLETE"; readonly data: Uint8Array }
  | { readonly type: "WORK_FAIL" };

/**
 * Takes a job's answer: the grabber whose connection the job came over, or the orphans once that connection
 * is lost.
 */
export interface JobHolder {
  answered(job: RunningJob, answer: Answer): void;
}

/**
 * The grabber that handed the job over. It is told when the job ends, even if the orphans hold the job then.
 */
export interface JobOrigin extends JobHolder {
  ended(): void;
}

/** A job is recognised by these values. */
export interface AssignedWorkload {
  readonly handle: string;
  readonly queue: string;
  readonly unique: string;
  readonly workload: Uint8Array;
  /** `digestOf` the workload, if the workload itself is not known. */
  readonly digest?: string | undefined;
}

interface Assignment extends AssignedWorkload {
  readonly workload: Buffer;
  /** `host:port` of the job server. */
  readonly server: string;
}

/** A job of an earlier start of the worker, of which little more is known than how to recognise it. */
export interface EarlierJob {
  readonly queue: string;
  /** `host:port` of the job server. */
  readonly server: string;
  /** `digestOf` its workload. */
  readonly digest: string;
}

const NO_DATA = Buffer.alloc(0);
const FAIL: Answer = { type: "WORK_FAIL" };

export class RunningJob implements GrabbedJob {
  readonly queue: string;
  readonly server: string;
  readonly #origin: JobOrigin;
  #assigned: Pick<Assignment, "handle" | "unique" | "workload" | "digest">;
  /** Undefined: the job is answered, or its grabber has stopped. */
  #holder: JobHolder | undefined;

  constructor(assigned: Assignment, origin: JobOrigin) {
    this.#assigned = assigned;
    this.queue = assigned.queue;
    this.server = assigned.server;
    this.#origin = origin;
    this.#holder = origin;
  }

  /** It is not run again, but completed when it is assigned again, as soon as its result is delivered. */
  static ofEarlierStart({ queue, server, digest }: EarlierJob): RunningJob {
    const origin = { answered: () => {}, ended: () => {} };
    return new RunningJob({ queue, server, digest, handle: "", unique: "", workload: NO_DATA }, origin);
  }

  get handle(): string {
    return this.#assigned.handle;
  }

  get unique(): string {
    return this.#assigned.unique;
  }

  get workload(): Buffer {
    return this.#assigned.workload;
  }

  /** Set as long as a job of an earlier start has not been assigned again. */
  get digest(): string | undefined {
    return this.#assigned.digest;
  }

  complete(data: Uint8Array = NO_DATA): void {
    this.#answer({ type: "WORK_COMPLETE", data });
  }

  fail(): void {
    this.#answer(FAIL);
  }

  moveTo(holder: JobHolder | undefined, assigned = this.#assigned): void {
    this.#holder = holder;
    this.#assigned = assigned;
  }

  #answer(answer: Answer): void {
    const holder = this.#holder;
    if (holder === undefined) return;
    this.#holder = undefined;
    holder.answered(this, answer);
    this.#origin.ended();
  }
}

/**
 * The queues that the jobs are of. It looks no further when it has found `most` of them: it is asked for each
 * answer while thousands of jobs end.
 */
export function queuesOf(jobs: Iterable<RunningJob>, most: number): ReadonlySet<string> {
  const queues = new Set<string>();
  for (const { queue } of jobs) {
    queues.add(queue);
    if (queues.size >= most) break;
  }
  return queues;
}
