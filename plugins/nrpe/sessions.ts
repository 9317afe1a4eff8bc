import type { Shared } from "../../sdk/index.ts";
import { NATIVE_NRPE_RESUME } from "./settings.ts";

/** A key exchange is made so often at least. */
const MAX_AGE_MS = 60 * 60_000;
/** More daemons than a large site has. A session takes about a kilobyte. */
const MAX_SESSIONS = 4096;

export interface TlsSessionsOptions {
  /** Whether sessions are resumed. It is called each time, because the operator may change it. */
  readonly isOn: () => boolean;
  readonly now?: () => number;
}

interface Kept {
  /** Undefined: the daemon ends a connection that would resume one. */
  readonly session: Buffer | undefined;
  readonly endsAt: number;
}

/** Keeps the TLS session of each daemon, as OpenSSL serialises it, for the next check. */
export class TlsSessions implements Disposable {
  readonly #isOn: () => boolean;
  readonly #now: () => number;
  readonly #kept = new Map<string, Kept>();

  constructor({ isOn, now = () => performance.now() }: TlsSessionsOptions) {
    this.#isOn = isOn;
    this.#now = now;
  }

  get isOn(): boolean {
    if (!this.#isOn()) this.#kept.clear();
    return this.#isOn();
  }

  find(daemon: string): Buffer | undefined {
    return this.#fresh(daemon)?.session;
  }

  /** Keeps the session of a full handshake. A resumed one does not become younger. */
  keep(daemon: string, session: Buffer): void {
    if (this.#fresh(daemon) === undefined) this.#put(daemon, session);
  }

  forget(daemon: string): void {
    this.#kept.delete(daemon);
  }

  /** Resumes no session of this daemon for an hour. */
  refuse(daemon: string): void {
    this.#put(daemon, undefined);
  }

  [Symbol.dispose](): void {
    this.#kept.clear();
  }

  #fresh(daemon: string): Kept | undefined {
    const kept = this.#kept.get(daemon);
    return kept !== undefined && this.#now() < kept.endsAt ? kept : undefined;
  }

  #put(daemon: string, session: Buffer | undefined): void {
    this.#kept.delete(daemon);
    this.#kept.set(daemon, { session, endsAt: this.#now() + MAX_AGE_MS });
    if (this.#kept.size > MAX_SESSIONS) this.#kept.delete(this.#kept.keys().next().value ?? "");
  }
}

export const TLS_SESSIONS: Shared<TlsSessions> = {
  name: "TLS sessions of NRPE",
  create: ({ setting }) => new TlsSessions({ isOn: () => setting(NATIVE_NRPE_RESUME) }),
};
