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
}

type Assignment = Pick<GrabbedJob, "handle" | "queue" | "unique" | "workload" | "server">;

const NO_DATA = Buffer.alloc(0);
const FAIL: Answer = { type: "WORK_FAIL" };

export class RunningJob implements GrabbedJob {
  readonly queue: string;
  readonly unique: string;
  readonly workload: Buffer;
  readonly server: string;
  readonly #origin: JobOrigin;
  #handle: string;
  /** Undefined: the job is answered, or its grabber has stopped. */
  #holder: JobHolder | undefined;

  constructor({ handle, queue, unique, workload, server }: Assignment, origin: JobOrigin) {
    this.#handle = handle;
    this.queue = queue;
    this.unique = unique;
    this.workload = workload;
    this.server = server;
    this.#origin = origin;
    this.#holder = origin;
  }

  get handle(): string {
    return this.#handle;
  }

  complete(data: Uint8Array = NO_DATA): void {
    this.#answer({ type: "WORK_COMPLETE", data });
  }

  fail(): void {
    this.#answer(FAIL);
  }

  moveTo(holder: JobHolder | undefined, handle = this.#handle): void {
    this.#holder = holder;
    this.#handle = handle;
  }

  #answer(answer: Answer): void {
    const holder = this.#holder;
    if (holder === undefined) return;
    this.#holder = undefined;
    holder.answered(this, answer);
    this.#origin.ended();
  }
}
