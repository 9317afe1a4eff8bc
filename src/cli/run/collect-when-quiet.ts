import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Worker } from "../../worker/worker.ts";
import type { WorkerListener } from "../../worker/worker-events.ts";

/** So long no job was run. */
const QUIET_MS = 2_000;
/** The least time between two collections: each holds the worker up for some ten milliseconds. */
const GAP_MS = 60_000;

export interface CollectWhenQuietOptions {
  readonly worker: () => Pick<Worker, "running"> | undefined;
  readonly collect?: () => void;
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
  #timer: NodeJS.Timeout | undefined;
  #hasRun = false;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor({ worker, collect = collectAll }: CollectWhenQuietOptions) {
    this.#worker = worker;
    this.#collect = collect;
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
    const dueMs = Math.max(QUIET_MS, this.#lastMs + GAP_MS - performance.now());
    this.#timer = setTimeout(this.#look, dueMs).unref();
  }

  readonly #look = (): void => {
    const isQuiet = !this.#hasRun && this.#worker()?.running === 0;
    this.#hasRun = false;
    if (!isQuiet) {
      this.#timer = setTimeout(this.#look, QUIET_MS).unref();
      return;
    }
    this.#timer = undefined;
    this.#collect();
    this.#lastMs = performance.now();
  };
}

/** Only a context that is made after the flag was set has the function. */
function collectAll(): void {
  setFlagsFromString("--expose-gc");
  const collect: NodeJS.GCFunction = runInNewContext("gc");
  setFlagsFromString("--no-expose-gc");
  collect({ type: "major", execution: "sync", flavor: "last-resort" });
}
