import { hash } from "node:crypto";
import { Admission } from "../../../sdk/admission.ts";
import { whenAborted } from "../../../sdk/deadline.ts";
import { RESOLVER, type Shared } from "../../../sdk/index.ts";
import { TLS_CONTEXTS } from "../../transport/tls-contexts.ts";
import { Machine } from "../libpq/machine.ts";
import type { Target } from "../libpq/target.ts";
import { NATIVE_DB_POOL } from "../settings.ts";
import { type ConnectContext, connect } from "./connect.ts";
import type { Session } from "./session.ts";

/** What libpq finds on this machine. */
export const MACHINE: Shared<Machine> = { name: "libpq's files", create: () => new Machine() };

/** A login takes two milliseconds of the event loop and of a thread. */
const PGSQL_LOGINS: Shared<Admission> = {
  name: "PostgreSQL logins",
  create: () => new Admission({ name: "PostgreSQL logins", most: 32, countsForMs: 100 }),
};

/** The worker's connections to PostgreSQL. */
export const PGSQL_POOL: Shared<PgsqlPool> = {
  name: "PostgreSQL connections",
  create: ({ log, shared, setting }) =>
    new PgsqlPool({
      ...{ log, logins: shared(PGSQL_LOGINS) },
      connect: (target, { clock, signal }) => {
        const machine = shared(MACHINE);
        return connect(target, {
          ...{ resolver: shared(RESOLVER), contexts: shared(TLS_CONTEXTS), machine, clock, signal },
        });
      },
      isKeeping: () => setting(NATIVE_DB_POOL),
    }),
};

export interface SessionContext extends Pick<ConnectContext, "clock" | "signal"> {
  /** How long a kept connection may take to show that the server still answers. */
  readonly proofMs: number;
}

export interface PgsqlPoolOptions {
  readonly log: (message: string) => void;
  readonly logins: Pick<Admission, "enter">;
  readonly connect: (target: Target, context: SessionContext) => Promise<Session>;
  /** It is called each time, because the operator may change it. */
  readonly isKeeping: () => boolean;
}

interface Kept {
  readonly session: Session;
  readonly endsAt: number;
  readonly idleSince: number;
}

const SWEEP_MS = 15_000;
/** Idle connections of one login that stay for long. A check that finds none makes one. */
const MAX_KEPT = 4;
/** Those that stay until the next sweep: checks that come together come together again. */
const MAX_KEPT_SHORTLY = 16;
/** Longer than five minutes, the usual time between two runs of a check. */
const MAX_IDLE_MS = 330_000;
/** Changes on the server, such as another password, take effect with the next login. */
const MAX_AGE_MS = 600_000;
/** A random part of the age, so that connections made together do not all end together. */
const AGE_SPREAD = 0.2;

/** A connection that a check has for itself. */
export interface Lease extends Disposable {
  readonly session: Session;
  /** True: the connection stays for the next check, if it is still good. */
  keep: boolean;
}

/**
 * Makes a connection for each check, as the plugin does. Where connections are kept, two checks get the same
 * one only if everything that decides a login is the same for both.
 */
export class PgsqlPool implements Disposable {
  readonly #options: PgsqlPoolOptions;
  readonly #kept = new Map<string, Kept[]>();
  readonly #endsAt = new WeakMap<Session, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: PgsqlPoolOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  /** How many connections wait for a check. */
  get size(): number {
    return [...this.#kept.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** Gives a connection. One that was kept has answered an empty query just now. */
  async take(target: Target, context: SessionContext): Promise<Lease> {
    if (!this.#options.isKeeping()) this.#closeAll();
    const name = nameOf(target);
    for (let kept = this.#next(name); kept !== undefined; kept = this.#next(name)) {
      const lease = this.#lease(name, kept.session, context.signal);
      let isAlive = false;
      try {
        isAlive = await answers(kept.session, context);
      } finally {
        if (!isAlive) lease[Symbol.dispose]();
      }
      if (isAlive) return lease;
      context.signal.throwIfAborted();
    }
    const session = await this.#options.connect(target, context);
    this.#endsAt.set(session, performance.now() + MAX_AGE_MS * (1 - AGE_SPREAD * Math.random()));
    if (this.#options.isKeeping()) this.#options.log("pgsql: a new connection");
    return this.#lease(name, session, context.signal);
  }

  /** Waits for its turn to log in. With a kept connection there is nothing to wait for. */
  async enter(target: Target, signal: AbortSignal): Promise<Disposable | undefined> {
    const isKept = this.#options.isKeeping() && (this.#kept.get(nameOf(target))?.length ?? 0) > 0;
    return isKept ? undefined : await this.#options.logins.enter(signal);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#closeAll();
  }

  #lease(name: string, session: Session, signal: AbortSignal): Lease {
    const aborting = whenAborted(signal, () => session[Symbol.dispose]());
    const lease = {
      session,
      keep: false,
      [Symbol.dispose]: () => {
        aborting[Symbol.dispose]();
        if (lease.keep) this.#giveBack(name, session);
        else session.close();
      },
    };
    return lease;
  }

  #giveBack(name: string, session: Session): void {
    const now = performance.now();
    const endsAt = this.#endsAt.get(session) ?? now;
    const all = this.#kept.get(name) ?? [];
    const isGood =
      session.isOpen && !session.isInTransaction && now < endsAt && all.length < MAX_KEPT_SHORTLY;
    if (isGood && this.#options.isKeeping())
      this.#kept.set(name, [...all, { session, endsAt, idleSince: now }]);
    else session.close();
  }

  /** Takes the connection that was used last out of the pool. */
  #next(name: string): Kept | undefined {
    const now = performance.now();
    for (let kept = this.#kept.get(name)?.pop(); kept !== undefined; kept = this.#kept.get(name)?.pop()) {
      if (isFresh(kept, now)) return kept;
      kept.session.close();
    }
    this.#kept.delete(name);
    return undefined;
  }

  #sweep(): void {
    if (!this.#options.isKeeping()) this.#closeAll();
    const now = performance.now();
    for (const [name, all] of this.#kept) {
      const fresh = all.filter((kept) => isFresh(kept, now)).filter(isOneOfFew(now));
      for (const { session } of all.filter((kept) => !fresh.includes(kept))) session.close();
      if (fresh.length === 0) this.#kept.delete(name);
      else this.#kept.set(name, fresh);
    }
  }

  #closeAll(): void {
    for (const { session } of [...this.#kept.values()].flat()) session.close();
    this.#kept.clear();
  }
}

/** The last ones were used last. */
function isOneOfFew(now: number) {
  return ({ idleSince }: Kept, at: number, all: readonly Kept[]): boolean =>
    at >= all.length - MAX_KEPT || now - idleSince < SWEEP_MS;
}

function isFresh({ session, endsAt, idleSince }: Kept, now: number): boolean {
  return session.isOpen && now < endsAt && now - idleSince < MAX_IDLE_MS;
}

/** Whether the server still answers on a connection. An empty query does nothing. */
async function answers(session: Session, { clock, signal, proofMs }: SessionContext): Promise<boolean> {
  const timer = setTimeout(() => session[Symbol.dispose](), proofMs);
  const { kind } = await session.query("");
  clearTimeout(timer);
  if (kind === "answered" && !signal.aborted) {
    clock.tick();
    return true;
  }
  session[Symbol.dispose]();
  clock.skip();
  return false;
}

/** The same line has the same target for some seconds. */
const NAMES = new WeakMap<Target, string>();

/** A text that is different for different logins. It holds the password only as a digest. */
function nameOf(target: Target): string {
  const known = NAMES.get(target);
  if (known !== undefined) return known;
  const name = hash("sha256", JSON.stringify(target));
  NAMES.set(target, name);
  return name;
}
