import { type LookupAddress, promises } from "node:dns";
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { errnoName, errnoText } from "../plugins/libc/errno.ts";
import type { Shared } from "./check.ts";
import { whenAborted } from "./deadline.ts";

/** The kind of address to ask for: 4 for IPv4, 6 for IPv6, 0 for both, as AF_UNSPEC. */
export type Family = 0 | 4 | 6;

/** One address of a host, as `Resolver` gives it. */
export interface Address {
  /** `192.0.2.1`, `2001:db8::1`. A link-local address keeps the zone it was asked with: `fe80::1%eth0`. */
  readonly address: string;
  /** 4 or 6. */
  readonly family: number;
}

/** What one call of `resolve` does differently. */
export interface ResolveOptions {
  /** True: no kept answer is used, as a program knows nothing of its last run. The default is false. */
  readonly anew?: boolean;
}

/**
 * There is no address, or the name server has not answered. The message is the text of `gai_strerror`, such
 * as `Name or service not known`.
 */
export class ResolveError extends Error {
  override readonly name = "ResolveError";
  /** The error of getaddrinfo: `EAI_NONAME`, `EAI_NODATA`, `EAI_AGAIN`, `EAI_ADDRFAMILY` … */
  readonly code: string;

  constructor(code: string) {
    super(errnoText(code));
    this.code = code;
  }
}

/**
 * How long an answer is kept: enough for the checks of one host that run together, too short to hide a
 * change.
 */
const KEPT_MS = 5_000;

/** A name whose last lookup took longer than this is slow: slow names get fewer slots. */
const SLOW_MS = 1_000;

/** Lookups at a time. libuv gives getaddrinfo no more than half of its threads; files need the others. */
const SLOTS = Math.max(2, Math.floor((Number(process.env["UV_THREADPOOL_SIZE"]) || 4) / 2));

/** Asks getaddrinfo for the addresses of a name. Rejects with a ResolveError. */
export type Lookup = (host: string, family: Family) => Promise<readonly Address[]>;

/** A lookup that has not ended, and how many callers wait for it. */
interface PendingLookup {
  readonly key: string;
  readonly host: string;
  readonly family: Family;
  readonly answer: PromiseWithResolvers<readonly Address[]>;
  callers: number;
}

/**
 * Turns host names into addresses by glibc's getaddrinfo, so /etc/hosts, nsswitch and the order of RFC 6724
 * hold.
 *
 * getaddrinfo blocks one of the few threads of the process until the name server answers. So all checks share
 * one resolver, `context.shared(RESOLVER)`, which limits the lookups. A socket must get the address, not the
 * name: with a name Node asks getaddrinfo itself.
 *
 * - A text that is an address already needs no thread and does not wait.
 * - Checks that ask for the same name at the same time share one lookup. Its answer is kept for five seconds,
 *   for calls without `anew`. An error is never kept: the plugin would ask again too.
 * - No more lookups run than libuv works on. The others wait here, and one whose callers have all given up is
 *   dropped.
 * - Names that were slow the last time may use all slots but one: a dead name server cannot block the other
 *   names.
 */
export class Resolver implements Disposable {
  readonly #lookup: Lookup;
  readonly #now: () => number;
  readonly #kept = new Map<string, { readonly addresses: readonly Address[]; readonly until: number }>();
  readonly #pending = new Map<string, PendingLookup>();
  readonly #waiting = new Set<PendingLookup>();
  readonly #running = new Set<PendingLookup>();
  readonly #slow = new Set<string>();

  constructor(lookup: Lookup = askGetaddrinfo, now: () => number = () => performance.now()) {
    this.#lookup = lookup;
    this.#now = now;
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
    { anew = false }: ResolveOptions = {},
  ): Promise<readonly Address[]> {
    const numeric = readNumeric(host, family);
    if (numeric !== undefined) return [numeric];
    signal.throwIfAborted();
    const key = `${family} ${host}`;
    const kept = anew ? undefined : this.#kept.get(key);
    if (kept !== undefined && kept.until > this.#now()) return kept.addresses;
    return this.#wait(this.#pending.get(key) ?? this.#start(key, host, family), signal);
  }

  /** Drops the lookups that have not begun. The worker disposes of it when no check runs any more. */
  [Symbol.dispose](): void {
    this.#waiting.clear();
  }

  #start(key: string, host: string, family: Family): PendingLookup {
    const pending = { key, host, family, answer: Promise.withResolvers<readonly Address[]>(), callers: 0 };
    pending.answer.promise.catch(() => {}); // all callers may have given up
    this.#pending.set(key, pending);
    this.#waiting.add(pending);
    this.#fillSlots();
    return pending;
  }

  async #wait(pending: PendingLookup, signal: AbortSignal): Promise<readonly Address[]> {
    const { promise, reject } = Promise.withResolvers<never>();
    using _leaving = whenAborted(signal, () => reject(signal.reason));
    pending.callers += 1;
    try {
      return await Promise.race([pending.answer.promise, promise]);
    } finally {
      pending.callers -= 1;
      if (pending.callers === 0 && this.#waiting.delete(pending)) this.#pending.delete(pending.key);
    }
  }

  #fillSlots(): void {
    for (const pending of this.#waiting) {
      if (this.#running.size >= SLOTS) return;
      if (this.#slow.has(pending.key) && this.#slowRunning() >= SLOTS - 1) continue;
      this.#waiting.delete(pending);
      this.#running.add(pending);
      void this.#run(pending);
    }
  }

  #slowRunning(): number {
    return [...this.#running].filter(({ key }) => this.#slow.has(key)).length;
  }

  async #run(pending: PendingLookup): Promise<void> {
    const { key, host, family, answer } = pending;
    const begin = this.#now();
    try {
      const addresses = await this.#lookup(host, family);
      this.#keep(key, addresses);
      answer.resolve(addresses);
    } catch (error) {
      answer.reject(error);
    }
    this.#running.delete(pending);
    this.#pending.delete(key);
    if (this.#now() - begin > SLOW_MS) this.#slow.add(key);
    else this.#slow.delete(key);
    this.#fillSlots();
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

/** The one resolver of all checks of this worker: `context.shared(RESOLVER)`. */
export const RESOLVER: Shared<Resolver> = { name: "names", create: () => new Resolver() };

/**
 * Undefined: the text is a name. `127.1` counts as a name here: getaddrinfo reads it without a name server.
 */
function readNumeric(host: string, family: Family): Address | undefined {
  if (host === "") throw new ResolveError("EAI_NONAME"); // Node would give no address, and no error
  const version = isIP(host);
  if (version === 0) return undefined;
  const mapped = family === 4 && version === 6 ? readMapped(host) : undefined;
  if (family !== 0 && family !== version && mapped === undefined) throw new ResolveError("EAI_ADDRFAMILY");
  if (host.includes("%") && !isZoneKnown(host)) throw new ResolveError("EAI_NONAME");
  return mapped ?? { address: host, family: version };
}

/** The IPv4 address in `::ffff:192.0.2.1`, which getaddrinfo gives if it is asked for IPv4. */
function readMapped(host: string): Address | undefined {
  const [address = ""] = host.split("%", 1);
  // A URL writes every IPv6 address in one form, with the last 32 bits in hexadecimal.
  const [, high, low] =
    /^\[::ffff:([0-9a-f]+):([0-9a-f]+)\]$/.exec(new URL(`http://[${address}]`).hostname) ?? [];
  if (high === undefined || low === undefined) return undefined;
  const bytes = [high, low].flatMap((word) => [
    Number.parseInt(word, 16) >> 8,
    Number.parseInt(word, 16) & 0xff,
  ]);
  return { address: bytes.join("."), family: 4 };
}

/** The zone is a number of 32 bits. */
const MAX_ZONE = 0xffff_ffff;

/** Whether getaddrinfo accepts the zone: a number, or for a link-local address the name of an interface. */
function isZoneKnown(host: string): boolean {
  const [address = "", zone = ""] = host.split("%");
  if (/^[0-9]+$/.test(zone)) return Number(zone) <= MAX_ZONE;
  return /^(?:fe[89ab]|ff.2:)/i.test(address) && networkInterfaces()[zone] !== undefined;
}

async function askGetaddrinfo(host: string, family: Family): Promise<readonly LookupAddress[]> {
  try {
    return await promises.lookup(host, { all: true, family, order: "verbatim" });
  } catch (error) {
    throw new ResolveError(errnoName(error));
  }
}
