import { collectGarbage } from "../../collect-garbage.ts";
import type { Worker } from "../../worker/worker.ts";
import type { WorkerListener } from "../../worker/worker-events.ts";

/** So long no job was run. */
const QUIET_MS = 5_000;
/** Bytes. Less is not worth a collection, which holds the worker up for some ten milliseconds. */
const WORTH = 8 * 2 ** 20;

export interface CollectWhenQuietOptions {
  readonly worker: () => Pick<Worker, "running"> | undefined;
  readonly collect?: () => void;
  readonly collected?: () => void;
  /** Bytes of the process in memory. */
  readonly resident?: () => number;
}

/**
 * Gives the memory that a start or a burst of jobs has taken back to the system. V8 itself keeps it while
 * nothing happens: it collects when something is allocated. Life: made → started → disposed of.
 */
export class CollectWhenQuiet implements Disposable {
  /** To be given to the worker. */
  readonly listener: WorkerListener = { ran: () => this.#expect(), unreadable: () => this.#expect() };
  readonly #worker: CollectWhenQuietOptions["worker"];
  readonly #collect: () => void;
  readonly #collected: () => void;
  readonly #resident: () => number;
  #timer: NodeJS.Timeout | undefined;
  #hasRun = false;
  /** What was resident after the last collection. */
  #last = 0;

  constructor({
    worker,
    collect = () => collectGarbage("everything"),
    collected = () => {},
    resident = process.memoryUsage.rss,
  }: CollectWhenQuietOptions) {
    this.#worker = worker;
    this.#collect = collect;
    this.#collected = collected;
    this.#resident = resident;
  }

  /** A start is the first that leaves something behind. */
  start(): void {
    this.#wait();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #expect(): void {
    this.#hasRun = true;
    if (this.#timer === undefined) this.#wait();
  }

  #wait(): void {
    this.#timer = setTimeout(this.#look, QUIET_MS).unref();
  }

  readonly #look = (): void => {
    const isQuiet = !this.#hasRun && this.#worker()?.running === 0;
    this.#hasRun = false;
    if (!isQuiet) {
      this.#wait();
      return;
    }
    this.#timer = undefined;
    if (this.#resident() < this.#last + WORTH) return;
    this.#collect();
    this.#collected();
    this.#last = this.#resident();
  };
}
