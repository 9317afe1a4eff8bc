import { Fifo } from "../fifo.ts";
import type { Packet } from "../packet.ts";
import type { Priority } from "../submit-packets.ts";

/** Someone who is connected to the job server: a worker, a client, or both. */
export interface Participant {
  send(packet: Packet): void;
}

export interface Posting {
  readonly queue: string;
  readonly unique: string;
  readonly workload: Uint8Array;
  readonly priority: Priority;
  /** The client that waits for the answer. A background job has none. */
  readonly client?: Participant | undefined;
}

export interface BoardJob {
  readonly handle: string;
  readonly queue: BoardQueue;
  readonly unique: string;
  readonly workload: Uint8Array;
  readonly priority: Priority;
  /** A client that asked twice is answered twice. */
  clients: readonly Participant[];
  worker: Participant | undefined;
  /** The last client of a foreground job has left, so the job is not needed any more. */
  isAbandoned: boolean;
}

interface BoardQueue {
  readonly name: string;
  readonly waiting: Readonly<Record<Priority, Fifo<BoardJob>>>;
  readonly workers: Set<Participant>;
  total: number;
  running: number;
}

interface BoardWorker {
  /** The queue registered last comes first, as in gearmand. */
  queues: readonly BoardQueue[];
  readonly running: Set<BoardJob>;
  isAsleep: boolean;
  /** One NOOP is enough until the worker grabs again. */
  isRoused: boolean;
}

const PRIORITIES: readonly Priority[] = ["high", "normal", "low"];

/**
 * All jobs, queues and workers of a job server, in gearmand's order and with its rules. It knows no sockets.
 */
export class JobBoard {
  readonly #handlePrefix: string;
  readonly #queues = new Map<string, BoardQueue>();
  readonly #workers = new Map<Participant, BoardWorker>();
  readonly #jobs = new Map<string, BoardJob>();
  readonly #byUnique = new Map<string, BoardJob>();
  #created = 0;

  constructor(handlePrefix: string) {
    this.#handlePrefix = handlePrefix;
  }

  get queues(): Iterable<Readonly<BoardQueue>> {
    return this.#queues.values();
  }

  queuesOf(participant: Participant): readonly string[] {
    return this.#workers.get(participant)?.queues.map((queue) => queue.name) ?? [];
  }

  /** Returns the job's handle. A job that waits or runs under the same unique is not made a second time. */
  post({ queue: name, unique, workload, priority, client }: Posting): string {
    const queue = this.#queue(name);
    const key = uniqueKey(name, unique, workload);
    const existing = key === undefined ? undefined : this.#byUnique.get(key);
    const job = existing ?? this.#create({ queue, unique, workload, priority });
    if (client !== undefined) job.clients = [...job.clients, client];
    if (existing === undefined) {
      if (key !== undefined) this.#byUnique.set(key, job);
      this.#enqueue(job);
    }
    return job.handle;
  }

  canDo(participant: Participant, name: string): void {
    const worker = this.#worker(participant);
    const queue = this.#queue(name);
    worker.queues = [queue, ...worker.queues.filter((each) => each !== queue)];
    queue.workers.add(participant);
  }

  /** As in gearmand, the worker's running jobs of this queue go back to the queue. */
  cantDo(participant: Participant, name: string): void {
    const worker = this.#worker(participant);
    const queue = this.#queue(name);
    for (const job of worker.running) if (job.queue === queue) this.#giveBack(worker, job);
    worker.queues = worker.queues.filter((each) => each !== queue);
    queue.workers.delete(participant);
  }

  resetAbilities(participant: Participant): void {
    for (const name of this.queuesOf(participant)) this.cantDo(participant, name);
  }

  /** The order of the queues counts first, then the priority within a queue. */
  take(participant: Participant): BoardJob | undefined {
    const worker = this.#worker(participant);
    worker.isAsleep = false;
    worker.isRoused = false;
    for (const queue of worker.queues) {
      const job = this.#next(queue);
      if (job === undefined) continue;
      queue.waiting[job.priority].shift();
      queue.running++;
      job.worker = participant;
      worker.running.add(job);
      return job;
    }
    return undefined;
  }

  sleep(participant: Participant): void {
    const worker = this.#worker(participant);
    if (worker.queues.some((queue) => this.#next(queue) !== undefined)) participant.send({ type: "NOOP" });
    else worker.isAsleep = true;
  }

  /** A worker may report only on a job that it holds now. */
  runningJob(participant: Participant, handle: string): BoardJob | undefined {
    const job = this.#jobs.get(handle);
    return job?.worker === participant ? job : undefined;
  }

  finish(job: BoardJob): void {
    if (job.worker !== undefined) {
      this.#workers.get(job.worker)?.running.delete(job);
      job.queue.running--;
    }
    job.queue.total--;
    this.#jobs.delete(job.handle);
    const key = uniqueKey(job.queue.name, job.unique, job.workload);
    if (key !== undefined) this.#byUnique.delete(key);
  }

  /** The participant's connection is closed. */
  leave(participant: Participant): void {
    this.resetAbilities(participant);
    this.#workers.delete(participant);
    for (const job of this.#jobs.values()) {
      if (!job.clients.includes(participant)) continue;
      job.clients = job.clients.filter((client) => client !== participant);
      job.isAbandoned = job.clients.length === 0;
    }
  }

  #queue(name: string): BoardQueue {
    const existing = this.#queues.get(name);
    if (existing !== undefined) return existing;
    const waiting = { high: new Fifo<BoardJob>(), normal: new Fifo<BoardJob>(), low: new Fifo<BoardJob>() };
    const queue: BoardQueue = { name, waiting, workers: new Set(), total: 0, running: 0 };
    this.#queues.set(name, queue);
    return queue;
  }

  #worker(participant: Participant): BoardWorker {
    const existing = this.#workers.get(participant);
    if (existing !== undefined) return existing;
    const worker: BoardWorker = { queues: [], running: new Set(), isAsleep: false, isRoused: false };
    this.#workers.set(participant, worker);
    return worker;
  }

  #create(what: Pick<BoardJob, "queue" | "unique" | "workload" | "priority">): BoardJob {
    const handle = `${this.#handlePrefix}:${++this.#created}`;
    const job: BoardJob = { ...what, handle, clients: [], worker: undefined, isAbandoned: false };
    this.#jobs.set(handle, job);
    what.queue.total++;
    return job;
  }

  #enqueue(job: BoardJob): void {
    job.queue.waiting[job.priority].push(job);
    for (const participant of job.queue.workers) {
      const worker = this.#worker(participant);
      if (!worker.isAsleep || worker.isRoused) continue;
      worker.isRoused = true;
      participant.send({ type: "NOOP" });
    }
  }

  #giveBack(worker: BoardWorker, job: BoardJob): void {
    worker.running.delete(job);
    job.worker = undefined;
    job.queue.running--;
    this.#enqueue(job);
  }

  #next(queue: BoardQueue): BoardJob | undefined {
    for (const priority of PRIORITIES) {
      const waiting = queue.waiting[priority];
      while (waiting.first?.isAbandoned) {
        this.finish(waiting.first);
        waiting.shift();
      }
      if (waiting.first !== undefined) return waiting.first;
    }
    return undefined;
  }
}

/** `-` means that the workload is the unique. A job without a unique is never the same as another. */
function uniqueKey(queue: string, unique: string, workload: Uint8Array): string | undefined {
  if (unique === "-")
    return workload.length === 0 ? undefined : `${queue}\0\0${Buffer.from(workload).toString("latin1")}`;
  return unique === "" ? undefined : `${queue}\0${unique}`;
}
