/** A job a job server has given us. Exactly one answer is owed; a second one is ignored. */
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

export type Answer =
  | { readonly type: "WORK_COMPLETE"; readonly data: Uint8Array }
  | { readonly type: "WORK_FAIL" };

/** Where a job's answer goes: the connection it came over, or the orphans once that is lost. */
export interface JobHolder {
  answered(job: RunningJob, answer: Answer): void;
}

/** What a job is known by. */
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
  #handle: string;
  #holder: JobHolder | undefined;

  constructor({ handle, queue, unique, workload, server }: Assignment, holder: JobHolder) {
    this.#handle = handle;
    this.queue = queue;
    this.unique = unique;
    this.workload = workload;
    this.server = server;
    this.#holder = holder;
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
    this.#holder = undefined;
    holder?.answered(this, answer);
  }
}
