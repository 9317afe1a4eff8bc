import { hash } from "node:crypto";
import { Admission } from "../../../sdk/admission.ts";
import { whenAborted } from "../../../sdk/deadline.ts";
import { RESOLVER, type Shared } from "../../../sdk/index.ts";
import { NATIVE_DB_POOL } from "../../transport/database-setting.ts";
import { KeptConnections } from "../../transport/kept-connections.ts";
import { type ConnectContext, connect } from "./connect.ts";
import type { Session } from "./driver.ts";
import type { Login } from "./login.ts";

/** A login takes some milliseconds of the event loop: it makes a TLS handshake. */
const MSSQL_LOGINS: Shared<Admission> = {
  name: "SQL Server logins",
  create: () => new Admission({ name: "SQL Server logins", most: 32, countsForMs: 100 }),
};

/** The worker's connections to SQL Server. */
export const MSSQL_POOL: Shared<MssqlPool> = {
  name: "SQL Server connections",
  create: ({ log, shared, setting }) =>
    new MssqlPool({
      ...{ log, logins: shared(MSSQL_LOGINS) },
      connect: (login, context) => connect(login, { ...context, resolver: shared(RESOLVER) }),
      isKeeping: () => setting(NATIVE_DB_POOL),
    }),
};

export interface SessionContext extends Pick<ConnectContext, "clock" | "signal"> {
  /** How long a kept connection may take to show that the server still answers. */
  readonly proofMs: number;
}

export interface MssqlPoolOptions {
  readonly log: (message: string) => void;
  readonly logins: Pick<Admission, "enter">;
  readonly connect: (login: Login, context: Pick<ConnectContext, "clock" | "signal">) => Promise<Session>;
  /** It is called each time, because the operator may change it. */
  readonly isKeeping: () => boolean;
}

/** A connection that a check has for itself. */
export interface Lease extends Disposable {
  readonly session: Session;
  /** True: the connection stays for the next check, if it is still good. */
  keep: boolean;
}

/** Makes a connection for each check, or gives one that was left, made what it was after its login. */
export class MssqlPool implements Disposable {
  readonly #options: MssqlPoolOptions;
  readonly #kept: KeptConnections<Session>;

  constructor(options: MssqlPoolOptions) {
    this.#options = options;
    this.#kept = new KeptConnections(options.isKeeping);
  }

  /** How many connections wait for a check. */
  get size(): number {
    return this.#kept.size;
  }

  async take(login: Login, context: SessionContext): Promise<Lease> {
    const name = nameOf(login);
    for (let kept = this.#kept.take(name); kept !== undefined; kept = this.#kept.take(name)) {
      if (await answers(kept, context)) return this.#lease(name, kept, context.signal);
    }
    using _place = await this.#options.logins.enter(context.signal);
    context.clock.skip();
    const session = await this.#options.connect(login, context);
    if (this.#options.isKeeping()) this.#options.log("mssql: a new connection");
    return this.#lease(name, session, context.signal);
  }

  [Symbol.dispose](): void {
    this.#kept[Symbol.dispose]();
  }

  #lease(name: string, session: Session, signal: AbortSignal): Lease {
    const aborting = whenAborted(signal, () => session.close());
    const lease = {
      session,
      keep: false,
      [Symbol.dispose]: () => {
        aborting[Symbol.dispose]();
        if (lease.keep) this.#kept.give(name, session);
        else session.close();
      },
    };
    return lease;
  }
}

/** Whether the server still answers on a connection. What a check before has set is forgotten. */
async function answers(session: Session, { clock, signal, proofMs }: SessionContext): Promise<boolean> {
  using _aborting = whenAborted(signal, () => session.close());
  const timer = setTimeout(() => session.close(), proofMs);
  try {
    await session.reset();
    clock.tick();
    return true;
  } catch {
    session.close();
    signal.throwIfAborted();
    clock.skip();
    return false;
  } finally {
    clearTimeout(timer);
  }
}

/** A text that is different for different logins. It holds the password only as a digest. */
function nameOf(login: Login): string {
  return hash("sha256", JSON.stringify(login));
}
