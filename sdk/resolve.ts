import { type LookupAddress, promises } from "node:dns";
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { errnoName, errnoText } from "../plugins/libc/errno.ts";
import type { Shared } from "./check.ts";

/** The kind of address that is asked for: 0 is either, as AF_UNSPEC. */
export type Family = 0 | 4 | 6;

/** An address of a host. */
export interface Address {
  /** `192.0.2.1`, `2001:db8::1`; a link's own with its zone, where it was asked for so: `fe80::1%eth0`. */
  readonly address: string;
  /** 4 or 6. */
  readonly family: number;
}

/** What is special about a question. */
export interface ResolveOptions {
  /** True: nothing that was kept will do, as for a program that knows nothing of its last run. False by default. */
  readonly anew?: boolean;
}

/** There is no address, or nobody could say one. The message is what `gai_strerror` says: `Name or service not known`. */
export class ResolveError extends Error {
  override readonly name = "ResolveError";
  /** getaddrinfo's own: `EAI_NONAME`, `EAI_NODATA`, `EAI_AGAIN`, `EAI_ADDRFAMILY` … */
  readonly code: string;

  constructor(code: string) {
    super(errnoText(code));
    this.code = code;
  }
}

/** Long enough for the checks of one host that are due together, too short for anybody to notice a change late. */
const KEPT_MS = 5_000;

/** A lookup that took longer makes its name wait in the slow lane next time. */
const SLOW_MS = 1_000;

/** libuv itself gives getaddrinfo no more than half of its threads, which leaves the others to files. */
const SLOTS = Math.max(2, Math.floor((Number(process.env["UV_THREADPOOL_SIZE"]) || 4) / 2));

/** What getaddrinfo does. Rejects with a ResolveError. */
export type Lookup = (host: string, family: Family) => Promise<readonly Address[]>;

/** A name asked for, whoever waits for it. */
interface Question {
  readonly key: string;
  readonly host: string;
  readonly family: Family;
  readonly answer: PromiseWithResolvers<readonly Address[]>;
  waiting: number;
}

/**
 * Names to addresses, as getaddrinfo has them: /etc/hosts, nsswitch and the order of RFC 6724 are glibc's own, because it is glibc
 * that is asked. It blocks one of the process's few threads for as long as a name server is silent, so what reaches it is rationed,
 * for all checks together: whoever needs an address asks `context.shared(RESOLVER)`, and gives Node's sockets the address alone.
 *
 * - An address that is one already needs no thread and no turn.
 * - One question is asked once, however many checks wait for it, and its answer is kept for five seconds, for those who do not ask
 *   anew. That a name is unknown is never kept: the plugin would ask again too.
 * - No more questions are under way than libuv works on; the others wait here, where a check whose time is up takes its question back.
 * - A name that was slow last time gets one slot less than there are: a dead name server cannot hold up the others' names.
 */
export class Resolver implements Disposable {
  readonly #lookup: Lookup;
  readonly #now: () => number;
  readonly #kept = new Map<string, { readonly addresses: readonly Address[]; readonly until: number }>();
  readonly #asked = new Map<string, Question>();
  readonly #waiting = new Set<Question>();
  readonly #running = new Set<Question>();
  readonly #slow = new Set<string>();

  constructor(lookup: Lookup = ask, now: () => number = () => performance.now()) {
    this.#lookup = lookup;
    this.#now = now;
  }

  /**
   * The addresses of a name, or an address itself: at least one, in the order to try them. IPv6 stands without brackets. Rejects with
   * a ResolveError, or with the signal's reason as soon as that aborts; it is the only limit, so have one.
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
    return this.#wait(this.#asked.get(key) ?? this.#ask(key, host, family), signal);
  }

  /** Nobody is left to wait for what is still under way. */
  [Symbol.dispose](): void {
    this.#waiting.clear();
  }

  #ask(key: string, host: string, family: Family): Question {
    const question = { key, host, family, answer: Promise.withResolvers<readonly Address[]>(), waiting: 0 };
    question.answer.promise.catch(() => {}); // all who waited may have gone
    this.#asked.set(key, question);
    this.#waiting.add(question);
    this.#start();
    return question;
  }

  async #wait(question: Question, signal: AbortSignal): Promise<readonly Address[]> {
    const { promise, reject } = Promise.withResolvers<never>();
    const leave = () => reject(signal.reason);
    signal.addEventListener("abort", leave, { once: true });
    question.waiting += 1;
    try {
      return await Promise.race([question.answer.promise, promise]);
    } finally {
      signal.removeEventListener("abort", leave);
      question.waiting -= 1;
      if (question.waiting === 0 && this.#waiting.delete(question)) this.#asked.delete(question.key);
    }
  }

  #start(): void {
    for (const question of this.#waiting) {
      if (this.#running.size >= SLOTS) return;
      if (this.#slow.has(question.key) && this.#slowRunning() >= SLOTS - 1) continue;
      this.#waiting.delete(question);
      this.#running.add(question);
      void this.#run(question);
    }
  }

  #slowRunning(): number {
    return [...this.#running].filter(({ key }) => this.#slow.has(key)).length;
  }

  async #run(question: Question): Promise<void> {
    const { key, host, family, answer } = question;
    const begin = this.#now();
    try {
      const addresses = await this.#lookup(host, family);
      this.#keep(key, addresses);
      answer.resolve(addresses);
    } catch (error) {
      answer.reject(error);
    }
    this.#running.delete(question);
    this.#asked.delete(key);
    if (this.#now() - begin > SLOW_MS) this.#slow.add(key);
    else this.#slow.delete(key);
    this.#start();
  }

  /** All are kept equally long, so the first that has not expired ends the old ones. */
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

/** One for all checks of this worker, of whichever family: `context.shared(RESOLVER)`. */
export const RESOLVER: Shared<Resolver> = { name: "names", create: () => new Resolver() };

/** Undefined: a name. Notations like `127.1` are names here; getaddrinfo reads them without a server. */
function readNumeric(host: string, family: Family): Address | undefined {
  const version = isIP(host);
  if (version === 0) return undefined;
  if (family !== 0 && family !== version) throw new ResolveError("EAI_ADDRFAMILY");
  if (host.includes("%") && !isZoneKnown(host)) throw new ResolveError("EAI_NONAME");
  return { address: host, family: version };
}

/** A zone is a number, or an interface where the address is a link's own. */
function isZoneKnown(host: string): boolean {
  const [address = "", zone = ""] = host.split("%");
  if (/^[0-9]+$/.test(zone)) return true;
  return /^(?:fe[89ab]|ff.2:)/i.test(address) && networkInterfaces()[zone] !== undefined;
}

async function ask(host: string, family: Family): Promise<readonly LookupAddress[]> {
  try {
    return await promises.lookup(host, { all: true, family, order: "verbatim" });
  } catch (error) {
    throw new ResolveError(errnoName(error));
  }
}
