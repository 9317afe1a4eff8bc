import { CheckDeclined, type Shared } from "../../../sdk/index.ts";
import type { HttpTarget } from "../request.ts";

const REASON = "the server speaks HTTP/2, which is left to libcurl";

/** How long a server is left to the plugin without asking it. */
const KEPT_MS = 3_600_000;
const MAX_KEPT = 1_000;

/**
 * The servers that chose HTTP/2. So that a handshake is not made for nothing, they are not asked again for an
 * hour.
 */
export class Http2Servers implements Disposable {
  readonly #until = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Throws a CheckDeclined if the server is known to speak HTTP/2. */
  throwIfKnown(target: HttpTarget): void {
    const name = nameOf(target);
    const until = this.#until.get(name);
    if (until === undefined) return;
    if (this.#now() < until) throw new CheckDeclined(REASON);
    this.#until.delete(name);
  }

  /** Returns the CheckDeclined of this check. */
  remember(target: HttpTarget): CheckDeclined {
    const [oldest] = this.#until.keys();
    if (oldest !== undefined && this.#until.size >= MAX_KEPT) this.#until.delete(oldest);
    this.#until.set(nameOf(target), this.#now() + KEPT_MS);
    return new CheckDeclined(REASON);
  }

  [Symbol.dispose](): void {
    this.#until.clear();
  }
}

function nameOf({ address, port, hostName = "" }: HttpTarget): string {
  return JSON.stringify([address, port, hostName]);
}

export const HTTP2_SERVERS: Shared<Http2Servers> = {
  name: "servers of HTTP/2",
  create: () => new Http2Servers(),
};
