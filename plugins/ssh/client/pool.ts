import { setTimeout as pause } from "node:timers/promises";
import {
  CheckDeclined,
  RESOLVER,
  type Resolver,
  type Shared,
  type SharedContext,
} from "../../../sdk/index.ts";
import { FileCache, type Stamp } from "../openssh/files.ts";
import { isStillTrusted } from "../openssh/host-key.ts";
import { createPlanner, type Plan, type Planner } from "../openssh/plan.ts";
import { openConnection } from "./connection.ts";
import { DestinationPool, type FinishedExecution } from "./destination-pool.ts";
import { ServerDropped } from "./dial.ts";
import type { MultiplexedConnection, RemoteCommand } from "./multiplexed-connection.ts";

/** The worker's ssh connections. */
export const SSH_POOL: Shared<SshPool> = {
  name: "ssh connections",
  create: ({ log, shared }) => new SshPool(log, shared(RESOLVER)),
};

const SWEEP_MS = 15_000;
/**
 * How long the checks of a destination are declined at once after one of them had to be declined. To find it
 * out again would cost a handshake, the most expensive part of a check.
 */
const DECLINED_MS = 60_000;
/** The same for a server that only dropped a login: it may accept the next one soon. */
const DECLINED_AFTER_DROP_MS = 5_000;
/**
 * A server that restarts, or has too many logins under way, drops some of them. The second try comes after a
 * random time.
 */
const RETRY_MS = { from: 50, to: 300 };

/** A destination whose checks are left to ssh, as long as its known_hosts files stay the same. */
interface DeclinedDestination {
  readonly trust: Stamp;
  readonly reason: string;
  readonly until: number;
}

/**
 * A pool for each destination. Two checks share it only if everything that decides a connection is the same
 * for both.
 */
export class SshPool implements Disposable {
  readonly plan: Planner;
  readonly #log: SharedContext["log"];
  readonly #resolver: Resolver;
  readonly #files = new FileCache();
  readonly #pools = new Map<string, { readonly pool: DestinationPool; trust: Stamp }>();
  readonly #declined = new Map<string, DeclinedDestination>();
  readonly #timer: NodeJS.Timeout;

  constructor(log: SharedContext["log"], resolver: Resolver) {
    this.#log = log;
    this.#resolver = resolver;
    this.plan = createPlanner(this.#files);
    this.#timer = setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  /** Runs a command. Throws an SshFailure or a CheckDeclined as openConnection does. */
  async execute(plan: Plan, command: RemoteCommand, signal: AbortSignal): Promise<FinishedExecution> {
    const { key, destination, trust } = plan;
    const declined = this.#declined.get(key);
    if (declined?.trust === trust && performance.now() < declined.until) {
      throw new CheckDeclined(declined.reason);
    }
    try {
      if (destination.control !== "none") return await (await this.#findPool(plan)).execute(command, signal);
      using pool = this.#createPool(plan);
      return await pool.execute(command, signal);
    } catch (error) {
      if (error instanceof CheckDeclined) this.#decline(plan, error);
      throw error;
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    for (const { pool } of this.#pools.values()) pool[Symbol.dispose]();
    this.#pools.clear();
  }

  async #findPool(plan: Plan): Promise<DestinationPool> {
    const { key, trust } = plan;
    const known = this.#pools.get(key);
    if (known === undefined) {
      const pool = this.#createPool(plan);
      this.#pools.set(key, { pool, trust });
      return pool;
    }
    if (known.trust !== trust) {
      await known.pool.revise();
      known.trust = trust;
    }
    return known.pool;
  }

  #createPool({ destination }: Plan): DestinationPool {
    const context = { files: this.#files, resolver: this.#resolver };
    const open = async (signal: AbortSignal): Promise<MultiplexedConnection> => {
      this.#log("ssh: a new connection");
      try {
        return await openConnection(destination, context, signal);
      } catch (error) {
        if (!(error instanceof ServerDropped)) throw error;
        await pause(RETRY_MS.from + Math.random() * (RETRY_MS.to - RETRY_MS.from), undefined, { signal });
        return openConnection(destination, context, signal);
      }
    };
    const isTrusted = ({ hostKey }: MultiplexedConnection) =>
      isStillTrusted(hostKey, destination, this.#files);
    return new DestinationPool({ open, isStillTrusted: isTrusted, log: this.#log });
  }

  #decline({ key, trust }: Plan, error: CheckDeclined): void {
    const forMs = error instanceof ServerDropped ? DECLINED_AFTER_DROP_MS : DECLINED_MS;
    this.#declined.set(key, { trust, reason: error.message, until: performance.now() + forMs });
  }

  #sweep(): void {
    const now = performance.now();
    for (const [key, { pool }] of this.#pools) {
      pool.sweep(now);
      if (pool.isEmpty) this.#pools.delete(key);
    }
    for (const [key, { until }] of this.#declined) if (now > until) this.#declined.delete(key);
  }
}
