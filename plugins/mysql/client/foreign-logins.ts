import { CheckDeclined, type Shared } from "../../../sdk/index.ts";
import type { Target } from "../libmariadb/target.ts";

const REASON = "a login that only libmariadb knows";

/** The server, or the user there, has another kind of login than the driver. */
export class ForeignLogin extends CheckDeclined {
  constructor() {
    super(REASON);
  }
}

/** How long a login is left to the plugin without asking the server. */
const KEPT_MS = 3_600_000;
const MAX_KEPT = 1_000;

/**
 * The logins that were left to the plugin. A server counts a connection that ends in the middle of its login,
 * and blocks a host with many of them, so it is not asked again for an hour.
 */
export class ForeignLogins implements Disposable {
  readonly #until = new Map<string, number>();

  /** Throws a ForeignLogin if the target is known to have one. */
  throwIfKnown(target: Target): void {
    const name = nameOf(target);
    const until = this.#until.get(name);
    if (until === undefined) return;
    if (performance.now() < until) throw new ForeignLogin();
    this.#until.delete(name);
  }

  remember(target: Target): void {
    const [oldest] = this.#until.keys();
    if (oldest !== undefined && this.#until.size >= MAX_KEPT) this.#until.delete(oldest);
    this.#until.set(nameOf(target), performance.now() + KEPT_MS);
  }

  [Symbol.dispose](): void {
    this.#until.clear();
  }
}

/** The kind of a login depends on the user. */
function nameOf({ place, user }: Target): string {
  return JSON.stringify([place, user]);
}

export const FOREIGN_LOGINS: Shared<ForeignLogins> = {
  name: "MySQL logins left to the plugin",
  create: () => new ForeignLogins(),
};
