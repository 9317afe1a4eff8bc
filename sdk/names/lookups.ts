import { whenAborted } from "../deadline.ts";
import { CheckDeclined } from "../failure.ts";
import { type Address, type Family, ResolveError } from "./address.ts";
import { LOOKUPS_AT_ONCE } from "./getaddrinfo.ts";
import type { LookupPool } from "./lookup-pool.ts";
import { type Answer, LookupProcessEnded } from "./lookup-process.ts";
import { NameSpeeds, SLOW_MS } from "./name-speeds.ts";

/** Asks getaddrinfo for the addresses of a name. Rejects with a ResolveError. */
export type AskGetaddrinfo = (host: string, family: Family) => Promise<readonly Address[]>;

export interface LookupsOptions {
  readonly ask: AskGetaddrinfo;
  readonly now: () => number;
  /** Writes a line for the operator. */
  readonly warn: (message: string) => void;
  /** Undefined: names are asked for on the threads of this process only. */
  readonly processes: Omit<LookupPool, typeof Symbol.dispose> | undefined;
  /** How many lookups `ask` makes at a time. The default is what the threads of this process can do. */
  readonly slots?: number | undefined;
}

/** What getaddrinfo gave, and the milliseconds it took once it had begun. */
export interface Found {
  readonly addresses: readonly Address[];
  readonly tookMs: number;
}

/** A name that was asked for, and has no answer yet. */
export interface Lookup {
  /** Rejects with a ResolveError, or with the reason of the signal. */
  readonly found: Promise<Found>;
  /** When getaddrinfo was asked. Undefined: the lookup waits for its turn. */
  readonly begunAt: number | undefined;
}

interface Task extends Lookup {
  readonly host: string;
  readonly family: Family;
  /** Is aborted when nobody waits for the answer. */
  readonly signal: AbortSignal;
  readonly resolve: (found: Found) => void;
  readonly reject: (reason: unknown) => void;
  begunAt: number | undefined;
  /** A process has ended before it answered. */
  isSecondTry: boolean;
}

/** Lookups in this process at a time: the files need the other threads. */
const SLOTS = Math.max(2, LOOKUPS_AT_ONCE);
/** How long a name waits for one of these slots before a process is started for it. */
const PATIENCE_MS = 10;
const STOPPED = new Error("the worker has stopped");

/**
 * Decides where getaddrinfo is asked for a name.
 *
 * - On a thread of this process, while one is free: nothing is cheaper. A thread that asks for a slow name
 *   cannot be had back, and holds up the end of the worker. So one thread is for names that were quick the
 *   last time, and while names are slow both are.
 * - Otherwise in a process of its own, so that as many names as there are checks are asked for side by side,
 *   and none waits for another. One is started when names have waited for ten milliseconds, or names are
 *   slow.
 * - Where no such process can run, the names wait for a thread here. Names that were slow may use all slots
 *   but one then: a dead name server cannot block the other names.
 */
export class Lookups implements Disposable {
  readonly #options: LookupsOptions;
  readonly #speeds: NameSpeeds;
  readonly #waiting = new Set<Task>();
  /** What runs in this process. */
  readonly #running = new Set<Task>();
  readonly #slots: number;
  #patience: NodeJS.Timeout | undefined;
  #isDisposed = false;

  constructor(options: LookupsOptions) {
    this.#options = options;
    this.#slots = options.slots ?? SLOTS;
    this.#speeds = new NameSpeeds(options);
    if (options.processes) options.processes.onChange = () => this.#fillSlots();
  }

  /** Whether names have to wait for each other. */
  get areRationed(): boolean {
    return this.#options.processes?.canAsk !== true;
  }

  start(host: string, family: Family, signal: AbortSignal): Lookup {
    const { promise: found, resolve, reject } = Promise.withResolvers<Found>();
    const task = { host, family, signal, found, resolve, reject, begunAt: undefined, isSecondTry: false };
    const leaving = whenAborted(signal, () => this.#abandon(task));
    const end = () => leaving[Symbol.dispose]();
    found.then(end, end);
    this.#enqueue(task);
    return task;
  }

  /** Drops the lookups that have not begun. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    clearTimeout(this.#patience);
    for (const { reject } of this.#waiting) reject(STOPPED);
    this.#waiting.clear();
  }

  #abandon(task: Task): void {
    this.#waiting.delete(task);
    task.reject(task.signal.reason);
    const tookMs = task.begunAt === undefined ? 0 : this.#options.now() - task.begunAt;
    // That a check gave up soon does not say that the name is quick.
    if (tookMs > SLOW_MS) this.#speeds.note(task.host, tookMs, "had no answer");
  }

  #enqueue(task: Task): void {
    if (this.#isDisposed) {
      task.reject(STOPPED);
      return;
    }
    this.#waiting.add(task);
    this.#place(task);
    if (this.#waiting.has(task)) this.#makeRoom();
  }

  /** Called when something has changed for the lookups that wait. */
  #fillSlots(): void {
    for (const task of this.#waiting) this.#place(task);
    if (this.#waiting.size > 0) this.#makeRoom();
  }

  #place(task: Task): void {
    const way = this.#choose(task);
    if (way === "wait") return;
    this.#waiting.delete(task);
    task.begunAt = this.#options.now();
    if (way === "process") void this.#askProcess(task);
    else void this.#askHere(task);
  }

  #choose({ host }: Task): "here" | "process" | "wait" {
    const { processes } = this.#options;
    const isFree = this.#running.size < this.#slots;
    if (processes?.canAsk !== true) {
      const isHeldBack = this.#speeds.isSlow(host) && this.#slowRunning() >= this.#slots - 1;
      return isFree && !isHeldBack ? "here" : "wait";
    }
    const isOneFree = this.#running.size < this.#slots - 1;
    if (this.#speeds.isQuick(host) ? isFree : isOneFree && !this.#speeds.isAnySlow) return "here";
    return processes.isReady ? "process" : "wait";
  }

  #makeRoom(): void {
    const { processes } = this.#options;
    if (processes === undefined) return;
    const prepare = () => processes.prepare(this.#waiting.size);
    const afterPatience = () => {
      this.#patience = undefined;
      prepare();
    };
    if (processes.isRunning || this.#speeds.isAnySlow) prepare();
    else this.#patience ??= setTimeout(afterPatience, PATIENCE_MS);
  }

  #slowRunning(): number {
    return [...this.#running].filter(({ host }) => this.#speeds.isSlow(host)).length;
  }

  async #askHere(task: Task): Promise<void> {
    this.#running.add(task);
    this.#answered(task, await this.#ask(task));
    this.#running.delete(task);
    this.#fillSlots();
  }

  async #ask({ host, family }: Task): Promise<Answer> {
    const { ask, now } = this.#options;
    const begin = now();
    try {
      const addresses = await ask(host, family);
      return { kind: "found", addresses, tookMs: now() - begin };
    } catch (error) {
      return { kind: "failed", error, tookMs: now() - begin };
    }
  }

  async #askProcess(task: Task): Promise<void> {
    const { processes } = this.#options;
    try {
      const answer = await processes?.lookup(task.host, task.family, task.signal);
      if (answer !== undefined) this.#answered(task, answer);
    } catch (error) {
      if (error instanceof LookupProcessEnded) this.#tryAgain(task);
      else task.reject(error);
    }
    this.#fillSlots();
  }

  #answered(task: Task, answer: Answer): void {
    const { host } = task;
    if (answer.kind === "found") {
      this.#speeds.note(host, answer.tookMs, "was found");
      task.resolve(answer);
    } else {
      const why = answer.error instanceof ResolveError ? ` (${answer.error.message})` : "";
      this.#speeds.note(host, answer.tookMs, `was not found${why}`);
      task.reject(answer.error);
    }
  }

  /** A name for which every process ends is left to the plugin. */
  #tryAgain(task: Task): void {
    if (task.isSecondTry) task.reject(new CheckDeclined("the process that asks for names has ended"));
    if (task.isSecondTry || task.signal.aborted) return;
    task.isSecondTry = true;
    task.begunAt = undefined;
    this.#enqueue(task);
  }
}
