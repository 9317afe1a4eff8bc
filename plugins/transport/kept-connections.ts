/** What is kept: a connection to a server that may end it at any time. */
export interface Keepable {
  readonly isOpen: boolean;
  close(): void;
}

interface Kept<Connection> {
  readonly connection: Connection;
  readonly endsAt: number;
  readonly idleSince: number;
}

const SWEEP_MS = 15_000;
/** Idle connections of one login. A check that finds none makes one. */
const MAX_KEPT = 4;
/** Longer than five minutes, the usual time between two runs of a check. */
const MAX_IDLE_MS = 330_000;
/** Changes on the server, such as another password, take effect with the next login. */
const MAX_AGE_MS = 600_000;
/** A random part of the age, so that connections made together do not all end together. */
const AGE_SPREAD = 0.2;

/** Connections that wait for the next check with the same login. One check at a time has a connection. */
export class KeptConnections<Connection extends Keepable> implements Disposable {
  readonly #isKeeping: () => boolean;
  readonly #kept = new Map<string, Kept<Connection>[]>();
  readonly #endsAt = new WeakMap<Connection, number>();
  readonly #timer: NodeJS.Timeout;

  /** @param isKeeping is called each time, because the operator may change it */
  constructor(isKeeping: () => boolean) {
    this.#isKeeping = isKeeping;
    this.#timer = setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  /** How many connections wait. */
  get size(): number {
    return [...this.#kept.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** Takes the connection that was used last, for the check alone. */
  take(name: string): Connection | undefined {
    if (!this.#isKeeping()) this.#closeAll();
    const now = performance.now();
    for (let kept = this.#kept.get(name)?.pop(); kept !== undefined; kept = this.#kept.get(name)?.pop()) {
      if (isFresh(kept, now)) return kept.connection;
      kept.connection.close();
    }
    this.#kept.delete(name);
    return undefined;
  }

  /** Takes a connection back, new or taken before. It is closed if it is not to be kept. */
  give(name: string, connection: Connection): void {
    const now = performance.now();
    const endsAt = this.#endsAt.get(connection) ?? now + MAX_AGE_MS * (1 - AGE_SPREAD * Math.random());
    this.#endsAt.set(connection, endsAt);
    const all = this.#kept.get(name) ?? [];
    const kept = { connection, endsAt, idleSince: now };
    if (this.#isKeeping() && isFresh(kept, now) && all.length < MAX_KEPT)
      this.#kept.set(name, [...all, kept]);
    else connection.close();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#closeAll();
  }

  #sweep(): void {
    if (!this.#isKeeping()) this.#closeAll();
    const now = performance.now();
    for (const [name, all] of this.#kept) {
      const fresh = all.filter((kept) => isFresh(kept, now));
      for (const { connection } of all.filter((kept) => !fresh.includes(kept))) connection.close();
      if (fresh.length === 0) this.#kept.delete(name);
      else this.#kept.set(name, fresh);
    }
  }

  #closeAll(): void {
    for (const { connection } of [...this.#kept.values()].flat()) connection.close();
    this.#kept.clear();
  }
}

function isFresh({ connection, endsAt, idleSince }: Kept<Keepable>, now: number): boolean {
  return connection.isOpen && now < endsAt && now - idleSince < MAX_IDLE_MS;
}
