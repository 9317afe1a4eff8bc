import type { Shared } from "../../sdk/index.ts";
import type { HttpConnection } from "./connection.ts";
import { NATIVE_HTTP_KEEPALIVE } from "./settings.ts";

/** Idle ones of a place, and of all: a server with few slots is not to be filled by us. */
const MOST_EACH = 16;
const MOST = 1_000;
/** A server that takes no new connections any more is found out by then. */
const MOST_AGE_MS = 5 * 60_000;
const MOST_QUESTIONS = 1_000;
const SWEEP_MS = 5_000;
/** So long a page is asked for as the plugin does where its answer was unclear. */
const ODD_MS = 10 * 60_000;
const MOST_ODD = 10_000;

/** A connection nobody uses. */
interface Idle {
  readonly connection: HttpConnection;
  readonly until: number;
}

export interface HttpConnectionsOptions {
  /** Asked each time: the operator may change it. */
  readonly isOn: () => boolean;
  readonly now?: () => number;
}

/**
 * Connections nobody uses at the moment, by their place: a text of all that decides what a server would answer on one, secrets too.
 * They are kept for as long as the server keeps them, unless it says anything unasked. Switched off, it gives and keeps none.
 */
export class HttpConnections implements Disposable {
  readonly #isOn: () => boolean;
  readonly #now: () => number;
  /** Of each place the last one is taken first, so that those too many grow old. */
  readonly #idle = new Map<string, Idle[]>();
  readonly #odd = new Map<string, number>();
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

  /** How many nobody uses. */
  get idleCount(): number {
    return this.#count;
  }

  /** For the caller alone. */
  take(place: string): HttpConnection | undefined {
    for (;;) {
      const idle = this.#idle.get(place)?.at(-1);
      if (idle === undefined) return undefined;
      this.#remove(place, idle);
      if (idle.connection.isOpen && idle.until > this.#now()) return idle.connection;
      idle.connection[Symbol.dispose]();
    }
  }

  /** Keeps it for the next one, or closes it. */
  keep(place: string, connection: HttpConnection, forMs: number): void {
    const until = Math.min(this.#now() + forMs, connection.openedAt + MOST_AGE_MS);
    const others = this.#idle.get(place) ?? [];
    const isRoom = others.length < MOST_EACH && this.#count < MOST && this.isOn;
    if (!isRoom || until <= this.#now() || connection.questions >= MOST_QUESTIONS || !connection.isOpen) {
      connection[Symbol.dispose]();
      return;
    }
    const idle = { connection, until };
    this.#idle.set(place, [...others, idle]);
    this.#count += 1;
    connection.whenLost(() => this.#remove(place, idle));
    this.#sweep ??= setInterval(() => this.#closeOld(), SWEEP_MS).unref();
  }

  /** One of them was dead without a word: the others may be, too. */
  closeAll(place: string): void {
    for (const idle of this.#idle.get(place) ?? []) this.#close(place, idle);
  }

  /** Whether the page was not understood a short time ago. */
  isOdd(page: string): boolean {
    return (this.#odd.get(page) ?? Number.NEGATIVE_INFINITY) > this.#now();
  }

  setOdd(page: string): void {
    if (this.#odd.size >= MOST_ODD) this.#odd.clear();
    this.#odd.set(page, this.#now() + ODD_MS);
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    for (const place of [...this.#idle.keys()]) this.closeAll(place);
    clearInterval(this.#sweep);
  }

  #closeOld(): void {
    const now = this.#now();
    for (const [place, all] of [...this.#idle]) {
      for (const idle of all) if (!this.isOn || idle.until <= now) this.#close(place, idle);
    }
    for (const [page, until] of this.#odd) if (until <= now) this.#odd.delete(page);
    if (this.#count > 0) return;
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }

  #close(place: string, idle: Idle): void {
    this.#remove(place, idle);
    idle.connection[Symbol.dispose]();
  }

  #remove(place: string, idle: Idle): void {
    idle.connection.whenLost(() => {});
    const others = this.#idle.get(place)?.filter((each) => each !== idle) ?? [];
    if (others.length === 0) this.#idle.delete(place);
    else this.#idle.set(place, others);
    this.#count -= 1;
  }
}

/** One for all checks of this worker. */
export const HTTP_CONNECTIONS: Shared<HttpConnections> = {
  name: "HTTP connections",
  create: ({ setting }) => new HttpConnections({ isOn: () => setting(NATIVE_HTTP_KEEPALIVE) }),
};
