import { Fifo } from "../fifo.ts";
import type { Packet } from "../packet.ts";
import type { Priority } from "../submit-packets.ts";

/** A worker or a client, or both: whoever is connected. */
export interface Peer {
  send(packet: Packet): void;
}

export interface Posting {
  readonly queue: string;
  readonly unique: string;
  readonly workload: Uint8Array;
  readonly priority: Priority;
  /** Who waits for the answer; without: a background job. */
  readonly client?: Peer | undefined;
}

export interface BoardJob {
  readonly handle: string;
  readonly queue: Queue;
  readonly unique: string;
  readonly workload: Uint8Array;
  readonly priority: Priority;
  /** A client that asked twice is answered twice. */
  clients: readonly Peer[];
  worker: Peer | undefined;
  /** The last client of a foreground job has left: nobody wants it any more. */
  isAbandoned: boolean;
}

interface Queue {
  readonly name: string;
  readonly waiting: Readonly<Record<Priority, Fifo<BoardJob>>>;
  readonly workers: Set<Peer>;
  total: number;
  running: number;
}

interface Worker {
  /** Registered last first, as gearmand serves them. */
  queues: readonly Queue[];
  readonly running: Set<BoardJob>;
  isAsleep: boolean;
  /** One NOOP is enough until the worker grabs again. */
  isRoused: boolean;
}

const PRIORITIES: readonly Priority[] = ["high", "normal", "low"];

/** All jobs, queues and workers of a job server, in gearmand's order and with its rules; no sockets. */
export class JobBoard {
  readonly #handlePrefix: string;
  readonly #queues = new Map<string, Queue>();
  readonly #workers = new Map<Peer, Worker>();
  readonly #jobs = new Map<string, BoardJob>();
  readonly #byUnique = new Map<string, BoardJob>();
  #created = 0;

  constructor(handlePrefix: string) {
    this.#handlePrefix = handlePrefix;
  }

  get queues(): Iterable<Readonly<Queue>> {
    return this.#queues.values();
  }

  queuesOf(peer: Peer): readonly string[] {
    return this.#workers.get(peer)?.queues.map((queue) => queue.name) ?? [];
  }

  /** Returns the handle: of the job that waits or runs already under this unique, if there is one. */
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

  canDo(peer: Peer, name: string): void {
    const worker = this.#worker(peer);
    const queue = this.#queue(name);
    worker.queues = [queue, ...worker.queues.filter((each) => each !== queue)];
    queue.workers.add(peer);
  }

  /** As in gearmand, running jobs of the queue go back to it. */
  cantDo(peer: Peer, name: string): void {
    const worker = this.#worker(peer);
    const queue = this.#queue(name);
    for (const job of worker.running) if (job.queue === queue) this.#giveBack(worker, job);
    worker.queues = worker.queues.filter((each) => each !== queue);
    queue.workers.delete(peer);
  }

  resetAbilities(peer: Peer): void {
    for (const name of this.queuesOf(peer)) this.cantDo(peer, name);
  }

  /** The queue decides first, the priority within it. */
  take(peer: Peer): BoardJob | undefined {
    const worker = this.#worker(peer);
    worker.isAsleep = false;
    worker.isRoused = false;
    for (const queue of worker.queues) {
      const job = this.#next(queue);
      if (job === undefined) continue;
      queue.waiting[job.priority].shift();
      queue.running++;
      job.worker = peer;
      worker.running.add(job);
      return job;
    }
    return undefined;
  }

  sleep(peer: Peer): void {
    const worker = this.#worker(peer);
    if (worker.queues.some((queue) => this.#next(queue) !== undefined)) peer.send({ type: "NOOP" });
    else worker.isAsleep = true;
  }

  /** The job the worker may report on: only one it holds now. */
  runningJob(peer: Peer, handle: string): BoardJob | undefined {
    const job = this.#jobs.get(handle);
    return job?.worker === peer ? job : undefined;
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

  /** The connection is closed. */
  leave(peer: Peer): void {
    this.resetAbilities(peer);
    this.#workers.delete(peer);
    for (const job of this.#jobs.values()) {
      if (!job.clients.includes(peer)) continue;
      job.clients = job.clients.filter((client) => client !== peer);
      job.isAbandoned = job.clients.length === 0;
    }
  }

  #queue(name: string): Queue {
    const existing = this.#queues.get(name);
    if (existing !== undefined) return existing;
    const waiting = { high: new Fifo<BoardJob>(), normal: new Fifo<BoardJob>(), low: new Fifo<BoardJob>() };
    const queue: Queue = { name, waiting, workers: new Set(), total: 0, running: 0 };
    this.#queues.set(name, queue);
    return queue;
  }

  #worker(peer: Peer): Worker {
    const existing = this.#workers.get(peer);
    if (existing !== undefined) return existing;
    const worker: Worker = { queues: [], running: new Set(), isAsleep: false, isRoused: false };
    this.#workers.set(peer, worker);
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
    for (const peer of job.queue.workers) {
      const worker = this.#worker(peer);
      if (!worker.isAsleep || worker.isRoused) continue;
      worker.isRoused = true;
      peer.send({ type: "NOOP" });
    }
  }

  #giveBack(worker: Worker, job: BoardJob): void {
    worker.running.delete(job);
    job.worker = undefined;
    job.queue.running--;
    this.#enqueue(job);
  }

  #next(queue: Queue): BoardJob | undefined {
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

/** `-` stands for "the workload itself is the unique"; a job without a unique is never the same as another. */
function uniqueKey(queue: string, unique: string, workload: Uint8Array): string | undefined {
  if (unique === "-")
    return workload.length === 0 ? undefined : `${queue}\0\0${Buffer.from(workload).toString("latin1")}`;
  return unique === "" ? undefined : `${queue}\0${unique}`;
}
