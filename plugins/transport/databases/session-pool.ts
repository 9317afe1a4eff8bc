import { hash } from "node:crypto";
import { Admission } from "../../../sdk/admission.ts";
import type { Deadline } from "../../../sdk/deadline.ts";
import { CheckDeclined, type Shared, type SharedContext } from "../../../sdk/index.ts";
import type { TargetClock } from "../timing.ts";
import { NATIVE_DB_POOL } from "./settings.ts";

/** A login at a database. */
export interface PooledSession extends Disposable {
  /** Whether the connection is still there. */
  readonly isOpen: boolean;
  /** Whether a transaction is under way, which the next query would become a part of. */
  readonly isInTransaction: boolean;
  /**
   * Asks the server for something that does nothing. False: the connection is gone, or no good.
   *
   * @param ahead a query that is asked for next. It may be sent along, so that one round trip serves both.
   */
  answers(ahead?: string): Promise<boolean>;
  /** Says goodbye. */
  close(): void;
}

/** What a login needs. */
export interface LoginContext<Session = unknown> {
  readonly clock: TargetClock;
  readonly signal: AbortSignal;
  /** Is given a login that has begun, and may never end: what the server has said so far is to be shown. */
  readonly onBegun?: ((session: Session) => void) | undefined;
}

export interface SessionContext<Session = unknown> extends Omit<LoginContext<Session>, "signal"> {
  readonly deadline: Deadline;
  /** How long a kept connection may take to show that the server still answers. */
  readonly proofMs: number;
  /** The query of the check, if it only reads: a server that was thought gone may run it, too. */
  readonly ahead?: string | undefined;
}

export interface SessionPoolOptions<Target, Session> {
  /** The kind of database, for the log. */
  readonly name: string;
  readonly log: (message: string) => void;
  readonly logins: Pick<Admission, "enter">;
  readonly connect: (target: Target, context: LoginContext<Session>) => Promise<Session>;
  /** It is called each time, because the operator may change it. */
  readonly isKeeping: () => boolean;
}

interface Kept<Session> {
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
export interface Lease<Session> extends Disposable {
  readonly session: Session;
  /** True: the connection stays for the next check, if it is still good. */
  keep: boolean;
}

/**
 * Makes a connection for each check, as the plugins do. Where connections are kept, two checks get the same
 * one only if everything that decides a login is the same for both.
 *
 * @template Target everything that decides a login. It is made of plain values.
 */
export class SessionPool<Target extends object, Session extends PooledSession> implements Disposable {
  readonly #options: SessionPoolOptions<Target, Session>;
  readonly #kept = new Map<string, Kept<Session>[]>();
  readonly #endsAt = new WeakMap<Session, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: SessionPoolOptions<Target, Session>) {
    this.#options = options;
    this.#timer = setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  /** How many connections wait for a check. */
  get size(): number {
    return [...this.#kept.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** Gives a connection. One that was kept has answered just now. */
  async take(target: Target, context: SessionContext<Session>): Promise<Lease<Session>> {
    const { clock, deadline, onBegun } = context;
    if (!this.#options.isKeeping()) this.#closeAll();
    const name = nameOf(target);
    for (let kept = this.#next(name); kept !== undefined; kept = this.#next(name)) {
      const lease = this.#lease(name, kept.session, deadline);
      if (await lease.proves(context)) return lease;
      if (deadline.abortion !== undefined) throw deadline.abortion.reason;
    }
    const session = await this.#options.connect(target, { clock, onBegun, signal: deadline.signal });
    this.#endsAt.set(session, performance.now() + MAX_AGE_MS * (1 - AGE_SPREAD * Math.random()));
    if (this.#options.isKeeping()) this.#options.log(`${this.#options.name}: a new connection`);
    return this.#lease(name, session, deadline);
  }

  /** Waits for its turn to log in. Undefined: there is a kept connection, so there is nothing to wait for. */
  enter(target: Target, deadline: Deadline): Promise<Disposable> | undefined {
    const isKept = this.#options.isKeeping() && (this.#kept.get(nameOf(target))?.length ?? 0) > 0;
    return isKept ? undefined : this.#options.logins.enter(deadline.signal);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#closeAll();
  }

  #lease(name: string, session: Session, deadline: Deadline): OneLease<Session> {
    return new OneLease(session, deadline, () => this.#giveBack(name, session));
  }

  #giveBack(name: string, session: Session): void {
    const now = performance.now();
    const endsAt = this.#endsAt.get(session) ?? now;
    const all = this.#kept.get(name) ?? [];
    const isGood =
      session.isOpen && !session.isInTransaction && now < endsAt && all.length < MAX_KEPT_SHORTLY;
    if (!isGood || !this.#options.isKeeping()) {
      session.close();
      return;
    }
    all.push({ session, endsAt, idleSince: now });
    if (all.length === 1) this.#kept.set(name, all);
  }

  /** Takes the connection that was used last out of the pool. */
  #next(name: string): Kept<Session> | undefined {
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

/** Gives up the place of a login when it has ended. */
export function leavingWith<Value>(login: Promise<Value>, place: Disposable | undefined): Promise<Value> {
  return place === undefined ? login : login.finally(() => place[Symbol.dispose]());
}

/** Makes the pool of a family. */
export function sharedPool<Target extends object, Session extends PooledSession>(
  name: string,
  logins: Shared<Admission>,
  connect: (shared: SharedContext["shared"]) => SessionPoolOptions<Target, Session>["connect"],
): Shared<SessionPool<Target, Session>> {
  return {
    name: `${name} connections`,
    create: ({ log, shared, setting }) =>
      new SessionPool({
        name,
        log,
        logins: shared(logins),
        connect: connect(shared),
        isKeeping: () => setting(NATIVE_DB_POOL),
      }),
  };
}

/** A login takes about two milliseconds of the event loop, some kinds also of a thread. */
export function sharedLogins(name: string): Shared<Admission> {
  return {
    name: `${name} logins`,
    create: () => new Admission({ name: `${name} logins`, most: 32, countsForMs: 100 }),
  };
}

/** The last ones were used last. */
function isOneOfFew(now: number) {
  return ({ idleSince }: Kept<PooledSession>, at: number, all: readonly unknown[]): boolean =>
    at >= all.length - MAX_KEPT || now - idleSince < SWEEP_MS;
}

function isFresh({ session, endsAt, idleSince }: Kept<PooledSession>, now: number): boolean {
  return session.isOpen && now < endsAt && now - idleSince < MAX_IDLE_MS;
}

class OneLease<Session extends PooledSession> implements Lease<Session> {
  readonly session: Session;
  keep = false;
  readonly #deadline: Deadline;
  readonly #giveBack: () => void;

  constructor(session: Session, deadline: Deadline, giveBack: () => void) {
    this.session = session;
    this.#deadline = deadline;
    this.#giveBack = giveBack;
    deadline.onAbort(this.#break);
  }

  /** Whether the server still answers on the connection. If it does not, the lease has ended. */
  async proves({ clock, proofMs, ahead }: SessionContext<Session>): Promise<boolean> {
    const timer = setTimeout(this.#break, proofMs);
    let isProven = false;
    try {
      isProven = (await this.session.answers(ahead)) && this.#deadline.abortion === undefined;
    } catch (error) {
      // A broken connection, or one with strange words.
      if (!(error instanceof CheckDeclined)) throw error;
    } finally {
      clearTimeout(timer);
      if (isProven) clock.tick();
      else this.#fail(clock);
    }
    return isProven;
  }

  #fail(clock: TargetClock): void {
    this.#break();
    this[Symbol.dispose]();
    clock.skip();
  }

  [Symbol.dispose](): void {
    this.#deadline.offAbort(this.#break);
    if (this.keep) this.#giveBack();
    else this.session.close();
  }

  readonly #break = (): void => this.session[Symbol.dispose]();
}

/** The same line has the same target for some seconds. */
const NAMES = new WeakMap<object, string>();

/** A text that is different for different logins. It holds the password only as a digest. */
function nameOf(target: object): string {
  const known = NAMES.get(target);
  if (known !== undefined) return known;
  const name = hash("sha256", JSON.stringify(target));
  NAMES.set(target, name);
  return name;
}
