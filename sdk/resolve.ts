import type { Shared } from "./check.ts";
import { whenAborted } from "./deadline.ts";
import type { Address, Family } from "./names/address.ts";
import { askGetaddrinfo } from "./names/getaddrinfo.ts";
import { KnownNames } from "./names/known-names.ts";
import { LookupPool } from "./names/lookup-pool.ts";
import { type AskGetaddrinfo, type Lookup, Lookups, type LookupsOptions } from "./names/lookups.ts";
import { SLOW_MS } from "./names/name-speeds.ts";
import { readNumeric } from "./names/numeric.ts";

/** What one call of `resolve` does differently. */
export interface ResolveOptions {
  /** True: no kept answer is used, as a program knows nothing of its last run. The default is false. */
  readonly anew?: boolean;
  /**
   * Is told how many milliseconds getaddrinfo took. What a call takes beyond that is this process's fault,
   * not the name server's. It is not called for an address, or a kept answer.
   */
  readonly onTook?: (ms: number) => void;
}

/**
 * How long an answer is kept: enough for the checks of one host that run together, too short to hide a
 * change. The answer of a slow lookup is not kept: the plugin would wait for the name server each time.
 */
const KEPT_MS = 5_000;

/**
 * How long after its begin a lookup may be joined. An older one may have asked a name server that was away
 * then, and is back now.
 */
const SHARED_MS = 1_000;

/** A lookup that has not ended, and how many callers wait for it. */
interface PendingLookup {
  readonly key: string;
  readonly lookup: Lookup;
  readonly leaving: AbortController;
  callers: number;
  hasEnded: boolean;
}

/** How a Resolver is made. The defaults ask on threads of this process only. */
export interface ResolverOptions extends Partial<Omit<LookupsOptions, "ask">> {
  readonly processes?: LookupPool | undefined;
}

/**
 * Turns host names into addresses by glibc's getaddrinfo, so /etc/hosts, nsswitch and the order of RFC 6724
 * hold.
 *
 * All checks share one resolver, `context.shared(RESOLVER)`, because getaddrinfo blocks a thread until the
 * name server answers (names/lookups.ts). A socket must get the address, not the name: with a name Node asks
 * getaddrinfo itself, on one of the few threads of this process.
 *
 * - A text that is an address already needs no thread and does not wait.
 * - Checks that ask for the same name within a second share one lookup. Its answer is kept for five seconds,
 *   for calls without `anew`. An error is never kept: the plugin would ask again too.
 * - Other names are asked for side by side. A lookup whose callers have all given up is dropped.
 */
export class Resolver implements Disposable {
  readonly #lookups: Lookups;
  readonly #processes: LookupPool | undefined;
  readonly #now: () => number;
  readonly #kept = new Map<string, { readonly addresses: readonly Address[]; readonly until: number }>();
  readonly #pending = new Map<string, PendingLookup>();
  readonly #names = new KnownNames();

  constructor(ask: AskGetaddrinfo = askGetaddrinfo, options: ResolverOptions = {}) {
    const { now = () => performance.now(), warn = () => {}, processes, slots } = options;
    this.#now = now;
    this.#processes = processes;
    this.#lookups = new Lookups({ ask, now, warn, processes, slots });
  }

  /**
   * Gives the addresses of a host name, or the address itself if `host` is one: at least one, in the order to
   * try them. IPv6 addresses stand without brackets, in `host` too.
   *
   * Rejects with a ResolveError, or with the signal's reason when it is aborted. There is no other time
   * limit.
   */
  async resolve(
    host: string,
    family: Family,
    signal: AbortSignal,
    { anew = false, onTook }: ResolveOptions = {},
  ): Promise<readonly Address[]> {
    const numeric = readNumeric(host, family);
    if (numeric !== undefined) return [numeric];
    signal.throwIfAborted();
    const key = `${family} ${host}`;
    const kept = anew ? undefined : this.#kept.get(key);
    if (kept !== undefined && kept.until > this.#now()) return kept.addresses;
    return this.#wait(this.#joinable(key) ?? this.#start(key, host, family), signal, onTook);
  }

  /**
   * The name that lookups of the last ten minutes have given for this address. Undefined: none, or several.
   * Nothing is asked for.
   */
  nameOf(address: string): string | undefined {
    return this.#names.nameOf(address, this.#now());
  }

  /** Drops the lookups, and ends the processes. The worker disposes of it when no check runs any more. */
  [Symbol.dispose](): void {
    this.#lookups[Symbol.dispose]();
    this.#processes?.[Symbol.dispose]();
  }

  #joinable(key: string): PendingLookup | undefined {
    const pending = this.#pending.get(key);
    const begunAt = pending?.lookup.begunAt;
    const isYoung = begunAt === undefined || this.#now() - begunAt < SHARED_MS;
    return isYoung || this.#lookups.areRationed ? pending : undefined;
  }

  #start(key: string, host: string, family: Family): PendingLookup {
    const leaving = new AbortController();
    const lookup = this.#lookups.start(host, family, leaving.signal);
    const pending = { key, lookup, leaving, callers: 0, hasEnded: false };
    this.#pending.set(key, pending);
    const end = () => {
      pending.hasEnded = true;
      this.#forget(pending);
    };
    lookup.found.then(({ addresses, tookMs }) => {
      end();
      this.#names.learn(
        host,
        addresses.map(({ address }) => address),
        this.#now(),
      );
      if (tookMs <= SLOW_MS) this.#keep(key, addresses);
    }, end);
    return pending;
  }

  async #wait(
    pending: PendingLookup,
    signal: AbortSignal,
    onTook: ResolveOptions["onTook"],
  ): Promise<readonly Address[]> {
    const { promise, reject } = Promise.withResolvers<never>();
    using _leaving = whenAborted(signal, () => reject(signal.reason));
    pending.callers += 1;
    try {
      const { addresses, tookMs } = await Promise.race([pending.lookup.found, promise]);
      onTook?.(tookMs);
      return addresses;
    } finally {
      pending.callers -= 1;
      if (pending.callers === 0) this.#leave(pending);
    }
  }

  /**
   * No caller waits any more. Where lookups are rationed, one that has begun stays, so that the next caller
   * needs no other thread.
   */
  #leave(pending: PendingLookup): void {
    const stays = pending.lookup.begunAt !== undefined && this.#lookups.areRationed;
    if (pending.hasEnded || stays) return;
    this.#forget(pending);
    pending.leaving.abort(ALL_LEFT);
  }

  /** Another lookup of the same name may have begun meanwhile. */
  #forget(pending: PendingLookup): void {
    if (this.#pending.get(pending.key) === pending) this.#pending.delete(pending.key);
  }

  /** Every answer is kept for the same time, so the expired ones are the first ones of the map. */
  #keep(key: string, addresses: readonly Address[]): void {
    const now = this.#now();
    for (const [old, { until }] of this.#kept) {
      if (until > now) break;
      this.#kept.delete(old);
    }
    this.#kept.delete(key);
    this.#kept.set(key, { addresses, until: now + KEPT_MS });
  }
}

const ALL_LEFT = new Error("no check waits for this name any more");

/** The one resolver of all checks of this worker: `context.shared(RESOLVER)`. */
export const RESOLVER: Shared<Resolver> = {
  name: "names",
  create: ({ warn }) => new Resolver(askGetaddrinfo, { warn, processes: new LookupPool({ warn }) }),
};
