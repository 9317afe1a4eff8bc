import { SubmitError, type Submitter } from "../gearman/submitter.ts";
import type { Log } from "../log.ts";

/** A sealed result that is to be delivered. */
export interface Parcel {
  readonly queue: string;
  readonly workload: Uint8Array;
  /** The job server that the job came from, `host:port`, is preferred: each core gets its own results. */
  readonly server: string;
  /** The job that it answers, for the spool. */
  readonly job?: { readonly queue: string; readonly workload: Uint8Array };
  /** It was left by an earlier start of the worker. */
  readonly left?: { readonly unique: string; readonly sinceMs: number };
}

/** A job server that takes results. */
export interface Destination {
  /** `host:port` */
  readonly name: string;
  /** It is connected, but does not answer. */
  readonly isSilent: boolean;
  readonly results: Pick<Submitter, "isConnected" | "submit">;
}

/** A parcel that no job server has accepted yet. */
export interface WaitingParcel extends Parcel {
  /** gearmand recognises by it a parcel that was sent again because its receipt was lost. */
  readonly unique: string;
  /** As `performance.now()` tells it. */
  readonly sinceMs: number;
}

/** Is told of parcels that could not be delivered at once. */
export interface Keeper {
  /** May be told of one again and again. */
  readonly keep: (parcel: WaitingParcel) => void;
  /** It is accepted or given up, whether it was kept or not. */
  readonly release: (parcel: WaitingParcel) => void;
}

interface PendingParcel extends WaitingParcel {
  /** Before, only its own job server gets it: after a start others may be connected earlier. */
  readonly ownUntilMs: number;
  /** When a server refused it for the first time. */
  refusedSinceMs: number | undefined;
  readonly accepted: () => void;
  readonly failed: (error: unknown) => void;
}

/** So many results, and their size together. */
export interface Amount {
  readonly results: number;
  readonly bytes: number;
}

export interface OutboxOptions {
  /** The job servers of the present configuration, in its order. */
  readonly destinations: () => readonly Destination[];
  /** Job servers of earlier configurations. They get the results of their own jobs, and no others. */
  readonly retired?: () => Iterable<Destination>;
  /** Whether the core of the one server, `host:port`, can open what was sealed for that of the other. */
  readonly sharesKey?: (server: string, other: string) => boolean;
  readonly keeper?: Keeper;
  /** In seconds: what has waited for longer is dropped. 0: nothing is. */
  readonly maxAge?: () => number;
  readonly log: Log;
  /** The beginning of every result's unique. It differs between workers, and between starts of a worker. */
  readonly prefix: string;
}

/** It has waited for longer than `result_max_age`. */
export class ResultTooOldError extends Error {
  override readonly name = "ResultTooOldError";
}

const NOTHING: Amount = { results: 0, bytes: 0 };
const RETRY_MS = 1000;
/** A result that servers refuse for so long is given up. One that no server could be asked about is not. */
const REFUSED_MS = 60_000;
const OWN_FIRST_MS = 5_000;

/**
 * The results that no job server has accepted yet.
 *
 * A parcel goes to the server that its job came from. If that server is not connected, it goes to the first
 * server that is, that answers, and whose core has the key. Parcels to one server keep their order. A parcel
 * that a server had not confirmed when its connection closed is sent again, with the same unique. If no
 * server is connected, parcels wait until one is, or until they are too old: then the core has given the
 * check up, and may have a newer result.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #pending = new Set<PendingParcel>();
  readonly #parked = new Set<PendingParcel>();
  /** What of the pending parcels belongs to jobs of each job server. */
  readonly #amounts = new Map<string, Amount>();
  #bytes = 0;
  #count = 0;
  #retryTimer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** How many results are not accepted yet. */
  get size(): number {
    return this.#pending.size;
  }

  /** How large they are together. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What of the results of jobs of this job server, `host:port`, is not accepted yet. */
  amountOf(server: string): Amount {
    return this.#amounts.get(server) ?? NOTHING;
  }

  /** For how many seconds the oldest of them has waited. */
  get oldestAge(): number {
    const [oldest] = this.#pending;
    return oldest === undefined ? 0 : (performance.now() - oldest.sinceMs) / 1000;
  }

  /** Resolves when a job server has accepted the parcel. Rejects if it is dropped, and after `stop`. */
  deliver(parcel: Parcel): Promise<void> {
    if (this.#isStopped) return Promise.reject(notAccepted());
    return new Promise((accepted, failed) => {
      this.#count += 1;
      const now = performance.now();
      const identity = parcel.left ?? {
        unique: `${this.#options.prefix}-${this.#count.toString(36)}`,
        sinceMs: now,
      };
      const ownUntilMs = parcel.left === undefined ? 0 : now + OWN_FIRST_MS;
      const pending = { ...parcel, ...identity, ownUntilMs, refusedSinceMs: undefined, accepted, failed };
      this.#pending.add(pending);
      this.#add(parcel, 1);
      this.#send(pending);
    });
  }

  /** Has parcels kept that a job server has not confirmed for so long. */
  keepOlderThan(ms: number): void {
    const { keeper } = this.#options;
    const since = performance.now() - ms;
    for (const parcel of this.#pending) {
      if (parcel.sinceMs > since) return;
      keeper?.keep(parcel);
    }
  }

  /** To be called when a job server is connected, for the first time or again. */
  flush(): void {
    const parked = [...this.#parked];
    this.#parked.clear();
    for (const parcel of parked) this.#send(parcel);
  }

  /** Gives up the results that are left, and returns their number. */
  stop(): number {
    this.#isStopped = true;
    clearTimeout(this.#retryTimer);
    const left = this.#pending.size;
    for (const parcel of this.#pending) {
      this.#options.keeper?.keep(parcel);
      parcel.failed(notAccepted());
    }
    this.#pending.clear();
    this.#bytes = 0;
    this.#amounts.clear();
    this.#parked.clear();
    return left;
  }

  #send(parcel: PendingParcel): void {
    if (this.#isTooOld(parcel)) {
      this.#remove(parcel);
      parcel.failed(new ResultTooOldError("the result has waited for longer than result_max_age"));
      return;
    }
    const destination = this.#destinationFor(parcel);
    if (destination === undefined) {
      this.#park(parcel);
      return;
    }
    destination.results.submit(parcel).then(
      () => {
        this.#remove(parcel);
        parcel.accepted();
      },
      (error: unknown) => this.#sendAgain(parcel, error),
    );
  }

  #isTooOld({ sinceMs }: PendingParcel): boolean {
    const maxAge = this.#options.maxAge?.() ?? 0;
    return maxAge > 0 && performance.now() - sinceMs > maxAge * 1000;
  }

  #remove(parcel: PendingParcel): void {
    if (!this.#pending.delete(parcel)) return;
    this.#options.keeper?.release(parcel);
    this.#add(parcel, -1);
  }

  #add({ server, workload }: Parcel, sign: 1 | -1): void {
    const { results, bytes } = this.amountOf(server);
    const change = sign * workload.length;
    this.#bytes += change;
    if (results + sign === 0) this.#amounts.delete(server);
    else this.#amounts.set(server, { results: results + sign, bytes: bytes + change });
  }

  #destinationFor({ server, ownUntilMs }: PendingParcel): Destination | undefined {
    const { destinations, retired, sharesKey = () => true } = this.#options;
    const isOwn = (each: Destination) => each.name === server && isOpen(each);
    const all = destinations();
    const own = all.find(isOwn) ?? [...(retired?.() ?? [])].find(isOwn);
    if (own !== undefined || performance.now() < ownUntilMs) return own;
    return all.find((each) => isOpen(each) && !each.isSilent && sharesKey(server, each.name));
  }

  /** Tried again when `flush` is called, and every second: a silent server may answer again at any time. */
  #park(parcel: PendingParcel): void {
    this.#options.keeper?.keep(parcel);
    this.#parked.add(parcel);
    this.#retryTimer ??= setTimeout(() => {
      this.#retryTimer = undefined;
      this.flush();
    }, RETRY_MS);
  }

  #sendAgain(parcel: PendingParcel, error: unknown): void {
    if (this.#isStopped) return;
    if (isRefused(error)) {
      const now = performance.now();
      parcel.refusedSinceMs ??= now;
      if (now - parcel.refusedSinceMs > REFUSED_MS) {
        this.#remove(parcel);
        parcel.failed(error);
        return;
      }
    }
    this.#options.log.debug({ err: error }, "sending job to gearmand failed, will be sent again");
    this.#park(parcel);
  }
}

function isOpen({ results }: Destination): boolean {
  return results.isConnected;
}

function notAccepted(): Error {
  return new Error("no job server accepted the result");
}

/** The server has answered with a refusal, for example because the queue is full. */
function isRefused(error: unknown): boolean {
  return error instanceof SubmitError && error.reason === "refused";
}
