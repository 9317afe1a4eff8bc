import { hash } from "node:crypto";
import type { Log } from "../../log.ts";
import type { Answer, AssignedWorkload, JobHolder, RunningJob } from "./running-job.ts";
import type { SentAnswer } from "./unconfirmed.ts";

/** What is known about a job that is assigned again. */
export type Claim =
  | { readonly kind: "running"; readonly job: RunningJob }
  | { readonly kind: "finished"; readonly answer: Answer };

type Workload = Pick<AssignedWorkload, "queue" | "workload" | "digest">;

/** Where a job came from. */
export interface Place {
  /** `host:port` of the job server. */
  readonly server: string;
  readonly queue: string;
}

interface Finished extends Place {
  readonly answer: Answer;
  readonly forgetAtMs: number;
}

export interface OrphansOptions {
  readonly log: Log;
  /** A clock in milliseconds; it may start anywhere. */
  readonly now?: () => number;
  /** How long the answer of an ended job is kept. */
  readonly rememberForMs?: number;
  /** How many answers are kept. */
  readonly maxFinished?: number;
}

/**
 * Jobs whose connection closed while they ran. The job server puts them back into the queue and, most often,
 * assigns them to us again under a new handle. Such a job must not run a second time, neither while its first
 * run goes on nor after that run has ended. A job is recognised by its queue and the exact bytes of its
 * workload. If several jobs are alike, each assignment claims one of them. A job that has failed meanwhile is
 * forgotten: the core has no result of it, so it is run if it is assigned again.
 */
export class Orphans implements JobHolder {
  readonly #log: Log;
  readonly #now: () => number;
  readonly #rememberForMs: number;
  readonly #maxFinished: number;
  readonly #running = new Map<string, RunningJob[]>();
  /** The oldest first: a Map keeps the order of its keys. */
  readonly #finished = new Map<string, Finished[]>();
  #runningCount = 0;
  #finishedCount = 0;

  constructor({
    log,
    now = () => performance.now(),
    rememberForMs = 300_000,
    maxFinished = 10_000,
  }: OrphansOptions) {
    this.#log = log;
    this.#now = now;
    this.#rememberForMs = rememberForMs;
    this.#maxFinished = maxFinished;
  }

  /** Jobs that run. Those of an earlier start of the worker have ended. */
  get running(): number {
    const all = [...this.#running.values()].flat();
    return all.filter(({ digest }) => digest === undefined).length;
  }

  adopt(job: RunningJob): void {
    job.moveTo(this);
    add(this.#running, keyOf(job), job);
    this.#runningCount++;
  }

  /**
   * The first run has ended before the job was assigned again. Its answer is kept until then, within limits.
   */
  answered(job: RunningJob, answer: Answer): void {
    const key = keyOf(job);
    remove(this.#running, key, job);
    this.#runningCount--;
    if (answer.type === "WORK_FAIL") return;
    this.#remember(key, { queue: job.queue, server: job.server, answer });
  }

  /**
   * The answer was sent, but may not have arrived. If it has arrived, the same bytes may come again as a new
   * job, so the unique must be the same, too. The handle need not: a server that keeps its jobs on disk gives
   * them new handles when it is started again.
   */
  remember(sent: SentAnswer): void {
    this.#remember(sentKeyOf(sent), sent);
  }

  /** Jobs that run or whose results are not delivered, and answers that are kept. */
  get size(): number {
    return this.#runningCount + this.#finishedCount;
  }

  /** Where the jobs were that run, and the jobs whose answers are kept. Each server and queue once. */
  places(): readonly Place[] {
    this.#forget(this.#now(), this.#maxFinished);
    const places = new Map<string, Place>();
    for (const { server, queue } of [...this.#running.values(), ...this.#finished.values()].flat()) {
      places.set(`${server} ${queue}`, { server, queue });
    }
    return [...places.values()];
  }

  /** Called for every job that is assigned. It costs nothing as long as no connection was lost. */
  claim(assigned: AssignedWorkload): Claim | undefined {
    if (this.#runningCount === 0 && this.#finishedCount === 0) return undefined;
    this.#forget(this.#now(), this.#maxFinished);
    const key = keyOf(assigned);
    const { handle, queue } = assigned;

    const job = takeFirst(this.#running, key);
    if (job !== undefined) {
      this.#runningCount--;
      const fields = { handle, queue, before: job.handle };
      if (job.digest === undefined) this.#log.info(fields, "job assigned again while it runs; not run twice");
      else this.#log.info({ handle, queue }, "job assigned again, its result is in the spool; not run twice");
      return { kind: "running", job };
    }
    const finished = takeFirst(this.#finished, key) ?? takeFirst(this.#finished, sentKeyOf(assigned));
    if (finished === undefined) return undefined;
    this.#finishedCount--;
    this.#log.info({ handle, queue }, "job assigned again after it was run; not run twice");
    return { kind: "finished", answer: finished.answer };
  }

  #remember(key: string, { server, queue, answer }: Place & { readonly answer: Answer }): void {
    const now = this.#now();
    this.#forget(now, this.#maxFinished - 1);
    add(this.#finished, key, { server, queue, answer, forgetAtMs: now + this.#rememberForMs });
    this.#finishedCount++;
  }

  #forget(now: number, max: number): void {
    for (const [key, [oldest]] of this.#finished) {
      const isTooMany = this.#finishedCount > max;
      if (oldest !== undefined && oldest.forgetAtMs > now && !isTooMany) return;
      takeFirst(this.#finished, key);
      this.#finishedCount--;
    }
  }
}

/** By it a workload is recognised that is not kept itself. */
export function digestOf(workload: Uint8Array): string {
  return hash("sha256", workload, "base64");
}

function keyOf({ queue, workload, digest }: Workload): string {
  return `${digest ?? digestOf(workload)} ${queue}`;
}

/** A job without a unique is recognised by its handle, so only the same assignment counts as the same job. */
function sentKeyOf(job: AssignedWorkload): string {
  return `${job.unique === "" ? job.handle : job.unique} ${keyOf(job)}`;
}

function add<T>(map: Map<string, T[]>, key: string, value: T): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

function takeFirst<T>(map: Map<string, T[]>, key: string): T | undefined {
  const values = map.get(key);
  const first = values?.shift();
  if (values?.length === 0) map.delete(key);
  return first;
}

function remove<T>(map: Map<string, T[]>, key: string, value: T): void {
  const values = map.get(key) ?? [];
  const index = values.indexOf(value);
  if (index >= 0) values.splice(index, 1);
  if (values.length === 0) map.delete(key);
}
