import type { Shared } from "../../sdk/index.ts";
import type { HttpConnection } from "./connection.ts";
import { NATIVE_HTTP_KEEPALIVE } from "./settings.ts";

/** Idle connections with one key, and all of them: a server may have few slots for connections. */
const MAX_IDLE_OF_KEY = 16;
const MAX_IDLE = 1_000;
/** A new connection is made at least so often, so that a check finds out when the server takes none. */
const MAX_AGE_MS = 5 * 60_000;
const MAX_REQUESTS = 1_000;
const SWEEP_MS = 5_000;
/**
 * After an unclear answer the page is asked for as the plugin does, on a connection of its own, for so long.
 */
const UNCLEAR_MS = 10 * 60_000;
const MAX_UNCLEAR = 10_000;

/** A connection that no check uses. */
interface IdleConnection {
  readonly connection: HttpConnection;
  readonly until: number;
}

export interface HttpConnectionsOptions {
  /** Whether connections are kept. It is called each time, because the operator may change it. */
  readonly isOn: () => boolean;
  readonly now?: () => number;
}

/**
 * Connections that no check uses at the moment. Each has a key: a text with all that the server's answer may
 * depend on, secrets included, so it must not be logged.
 *
 * A connection is kept as long as the server keeps it, unless the server sends something without a request.
 * If keeping is switched off, no connection is kept and none is given.
 */
export class HttpConnections implements Disposable {
  readonly #isOn: () => boolean;
  readonly #now: () => number;
  /**
   * The last connection of a key is taken first, so that those that are not needed become old and are closed.
   */
  readonly #idle = new Map<string, IdleConnection[]>();
  readonly #unclear = new Map<string, number>();
  #count = 0;
  #isClosed = false;
  #sweep: NodeJS.Timeout | undefined;

  constructor({ isOn, now = () => performance.now() }: HttpConnectionsOptions) {
    this.#isOn = isOn;
    this.#now = now;
  }

  get isOn(): boolean {
    return !this.#isClosed && this.#isOn();
  }

  /** How many connections are idle. */
  get idleCount(): number {
    return this.#count;
  }

  /** Gives a connection that only the caller uses from now on. */
  take(key: string): HttpConnection | undefined {
    for (;;) {
      const idle = this.#idle.get(key)?.at(-1);
      if (idle === undefined) return undefined;
      this.#remove(key, idle);
      if (idle.connection.isOpen && idle.until > this.#now()) return idle.connection;
      idle.connection[Symbol.dispose]();
    }
  }

  /** Keeps a connection for another check, for at most so many milliseconds, or closes it. */
  keep(key: string, connection: HttpConnection, forMs: number): void {
    const until = Math.min(this.#now() + forMs, connection.openedAt + MAX_AGE_MS);
    const others = this.#idle.get(key) ?? [];
    const isRoom = others.length < MAX_IDLE_OF_KEY && this.#count < MAX_IDLE && this.isOn;
    if (!isRoom || until <= this.#now() || connection.requestCount >= MAX_REQUESTS || !connection.isOpen) {
      connection[Symbol.dispose]();
      return;
    }
    const idle = { connection, until };
    this.#idle.set(key, [...others, idle]);
    this.#count += 1;
    connection.whenLost(() => this.#remove(key, idle));
    this.#sweep ??= setInterval(() => this.#closeOld(), SWEEP_MS).unref();
  }

  /**
   * Closes all idle connections of a key: one of them was dead without a notice, so the others may be dead
   * too.
   */
  closeAll(key: string): void {
    for (const idle of this.#idle.get(key) ?? []) this.#close(key, idle);
  }

  /** Whether the page's answer was unclear a short time ago. */
  isUnclear(page: string): boolean {
    return (this.#unclear.get(page) ?? Number.NEGATIVE_INFINITY) > this.#now();
  }

  setUnclear(page: string): void {
    if (this.#unclear.size >= MAX_UNCLEAR) this.#unclear.clear();
    this.#unclear.set(page, this.#now() + UNCLEAR_MS);
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    for (const key of [...this.#idle.keys()]) this.closeAll(key);
    clearInterval(this.#sweep);
  }

  #closeOld(): void {
    const now = this.#now();
    for (const [key, all] of [...this.#idle]) {
      for (const idle of all) if (!this.isOn || idle.until <= now) this.#close(key, idle);
    }
    for (const [page, until] of this.#unclear) if (until <= now) this.#unclear.delete(page);
    if (this.#count > 0) return;
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }

  #close(key: string, idle: IdleConnection): void {
    this.#remove(key, idle);
    idle.connection[Symbol.dispose]();
  }

  #remove(key: string, idle: IdleConnection): void {
    idle.connection.whenLost(() => {});
    const others = this.#idle.get(key)?.filter((each) => each !== idle) ?? [];
    if (others.length === 0) this.#idle.delete(key);
    else this.#idle.set(key, others);
    this.#count -= 1;
  }
}

/** One for all checks of this worker. */
export const HTTP_CONNECTIONS: Shared<HttpConnections> = {
  name: "HTTP connections",
  create: ({ setting }) => new HttpConnections({ isOn: () => setting(NATIVE_HTTP_KEEPALIVE) }),
};
