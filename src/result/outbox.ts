import { SubmitError, type Submitter } from "../gearman/submitter.ts";
import type { Log } from "../log.ts";

/** A sealed result on its way. */
export interface Parcel {
  readonly queue: string;
  readonly workload: Uint8Array;
  /** The job server the job came from, `host:port`: taken first, so that each core gets its own results. */
  readonly server: string;
}

/** Where results can be handed in. */
export interface Door {
  /** `host:port` */
  readonly name: string;
  readonly results: Pick<Submitter, "isConnected" | "submit">;
}

interface Entry extends Parcel {
  /** Makes gearmand recognise a parcel sent again because its receipt got lost. */
  readonly unique: string;
  readonly sinceMs: number;
  /** Of the first refusal. */
  refusedSinceMs: number | undefined;
  readonly accepted: () => void;
  readonly failed: (error: unknown) => void;
}

export interface OutboxOptions {
  /** The job servers in the order of the configuration, as it is now. */
  readonly doors: () => readonly Door[];
  /** Those configured no more: still the right ones for the results of their own jobs, and for no others. */
  readonly retired?: () => Iterable<Door>;
  readonly log: Log;
  /** Begins the unique of every result: must differ between workers and between their starts. */
  readonly prefix: string;
}

const RETRY_MS = 1000;
/** A result that servers refuse for so long is given up; one that no server could be asked about never is. */
const REFUSED_MS = 60_000;

/**
 * Results no job server has accepted yet.
 *
 * A parcel goes to the server its job came from, else to the first that is connected; on one server parcels keep
 * their order. What a server did not confirm before its connection closed is sent again, with the same unique. With no
 * server at all parcels wait for the first to come back, however long that takes.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #entries = new Set<Entry>();
  readonly #parked = new Set<Entry>();
  #count = 0;
  #retryTimer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Results not accepted yet. */
  get size(): number {
    return this.#entries.size;
  }

  /** Seconds the oldest of them has been waiting. */
  get oldestAge(): number {
    const [oldest] = this.#entries;
    return oldest === undefined ? 0 : (performance.now() - oldest.sinceMs) / 1000;
  }

  /** Resolves when a job server has accepted the parcel; rejects when they keep refusing it, and from `stop` on. */
  deliver(parcel: Parcel): Promise<void> {
    if (this.#isStopped) return Promise.reject(notAccepted());
    return new Promise((accepted, failed) => {
      this.#count += 1;
      const unique = `${this.#options.prefix}-${this.#count.toString(36)}`;
      const sinceMs = performance.now();
      const entry: Entry = { ...parcel, unique, sinceMs, refusedSinceMs: undefined, accepted, failed };
      this.#entries.add(entry);
      this.#send(entry);
    });
  }

  /** To be called when a submitter got its connection (back). */
  flush(): void {
    const parked = [...this.#parked];
    this.#parked.clear();
    for (const entry of parked) this.#send(entry);
  }

  /** Gives up what is left and tells how much that is. */
  stop(): number {
    this.#isStopped = true;
    clearTimeout(this.#retryTimer);
    const left = this.#entries.size;
    for (const entry of this.#entries) entry.failed(notAccepted());
    this.#entries.clear();
    this.#parked.clear();
    return left;
  }

  #send(entry: Entry): void {
    const door = this.#doorFor(entry.server);
    if (door === undefined) {
      this.#parked.add(entry);
      return;
    }
    door.results.submit(entry).then(
      () => {
        this.#entries.delete(entry);
        entry.accepted();
      },
      (error: unknown) => this.#sendAgain(entry, error),
    );
  }

  #doorFor(server: string): Door | undefined {
    const { doors, retired } = this.#options;
    const isOwn = ({ name }: Door) => name === server;
    const open = doors().filter(isOpen);
    return open.find(isOwn) ?? [...(retired?.() ?? [])].filter(isOpen).find(isOwn) ?? open[0];
  }

  #sendAgain(entry: Entry, error: unknown): void {
    if (this.#isStopped) return;
    if (isRefused(error)) {
      const now = performance.now();
      entry.refusedSinceMs ??= now;
      if (now - entry.refusedSinceMs > REFUSED_MS) {
        this.#entries.delete(entry);
        entry.failed(error);
        return;
      }
    }
    this.#options.log.debug({ err: error }, "sending job to gearmand failed, will be sent again");
    this.#parked.add(entry);
    this.#retryTimer ??= setTimeout(() => {
      this.#retryTimer = undefined;
      this.flush();
    }, RETRY_MS);
  }
}

function isOpen({ results }: Door): boolean {
  return results.isConnected;
}

function notAccepted(): Error {
  return new Error("no job server accepted the result");
}

/** The server is there but says no, as to a queue that is full or a queue name it does not take. */
function isRefused(error: unknown): boolean {
  return error instanceof SubmitError && error.reason === "refused";
}
