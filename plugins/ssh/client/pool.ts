import { Admission, Crowded } from "../../../sdk/admission.ts";
import {
  CheckDeclined,
  RESOLVER,
  type Resolver,
  type Shared,
  type SharedContext,
} from "../../../sdk/index.ts";
import type { SshDestination } from "../openssh/destination.ts";
import { FileCache, type Stamp } from "../openssh/files.ts";
import { createPlanner, type Plan, type Planner } from "../openssh/plan.ts";
import { NATIVE_SSH_KEEPALIVE } from "../settings.ts";
import { openConnection } from "./connection.ts";
import { DestinationPool, type FinishedExecution } from "./destination-pool.ts";
import { ServerDropped } from "./dial.ts";
import { type Patience, ServerSlow } from "./login-clock.ts";
import type { MultiplexedConnection, RemoteCommand } from "./multiplexed-connection.ts";

/** A login takes six milliseconds of the event loop, in ten steps. */
export const SSH_LOGINS: Shared<Admission> = {
  name: "ssh logins",
  create: () => new Admission({ name: "ssh logins", most: 16, countsForMs: 100 }),
};

/** The worker's ssh connections. */
export const SSH_POOL: Shared<SshPool> = {
  name: "ssh connections",
  create: ({ log, shared, setting }) =>
    new SshPool({
      log,
      resolver: shared(RESOLVER),
      logins: shared(SSH_LOGINS),
      isKeeping: () => setting(NATIVE_SSH_KEEPALIVE),
    }),
};

export interface SshPoolOptions {
  readonly log: SharedContext["log"];
  readonly resolver: Resolver;
  /** Limits the logins that are under way. */
  readonly logins: Pick<Admission, "enter">;
  /**
   * Whether connections are kept for the next check. It is called each time, because the operator may change
   * it.
   */
  readonly isKeeping: () => boolean;
}

const SWEEP_MS = 15_000;
/**
 * How long the checks of a destination are declined at once after one of them had to be declined. To find it
 * out again would cost a handshake, the most expensive part of a check.
 */
const DECLINED_MS = 60_000;
/** The same for a server that only dropped a login: it may accept the next one soon. */
const DECLINED_AFTER_DROP_MS = 5_000;
/** The same for a server that is slow: the next check of a service mostly comes after five minutes. */
const DECLINED_WHILE_SLOW_MS = 600_000;

/** A destination whose checks are left to ssh, as long as ssh's files stay the same. */
interface DeclinedDestination {
  readonly stamp: Stamp;
  readonly reason: string;
  /** A check with more patience than this is tried all the same. */
  readonly stageMs: number;
  readonly until: number;
}

/** The connections of a destination, and the state of ssh's files when they were made. */
interface KeptPool {
  readonly pool: DestinationPool;
  readonly stamp: Stamp;
}

/**
 * Makes a connection for each check, as the plugin does. Where connections are kept there is a pool for each
 * destination. Two checks share it only if everything that decides a connection is the same for both.
 */
export class SshPool implements Disposable {
  readonly plan: Planner;
  readonly #log: SharedContext["log"];
  readonly #resolver: Resolver;
  readonly #logins: SshPoolOptions["logins"];
  readonly #isKeeping: () => boolean;
  readonly #files = new FileCache();
  readonly #pools = new Map<string, KeptPool>();
  /** Pools that take no further check, until the last command in them has ended. */
  readonly #retired = new Set<DestinationPool>();
  readonly #declined = new Map<string, DeclinedDestination>();
  readonly #timer: NodeJS.Timeout;

  constructor({ log, resolver, logins, isKeeping }: SshPoolOptions) {
    this.#log = log;
    this.#resolver = resolver;
    this.#logins = logins;
    this.#isKeeping = isKeeping;
    this.plan = createPlanner(this.#files);
    this.#timer = setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  /** Runs a command. Throws an SshFailure or a CheckDeclined as openConnection does. */
  async execute(plan: Plan, command: RemoteCommand, patience: Patience): Promise<FinishedExecution> {
    const { destination } = plan;
    this.#throwIfDeclined(plan, patience);
    const isKeeping = this.#isKeeping();
    if (!isKeeping) this.#retireAll();
    try {
      if (!isKeeping || destination.control === "none") return await this.#runAlone(plan, command, patience);
      return await this.#findPool(plan).execute(command, patience);
    } catch (error) {
      if (error instanceof CheckDeclined && !(error instanceof Crowded)) this.#decline(plan, error, patience);
      throw error;
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    for (const { pool } of this.#pools.values()) pool[Symbol.dispose]();
    for (const pool of this.#retired) pool[Symbol.dispose]();
    this.#pools.clear();
    this.#retired.clear();
  }

  /** Runs a command on a connection of its own. */
  async #runAlone(
    { destination }: Plan,
    command: RemoteCommand,
    patience: Patience,
  ): Promise<FinishedExecution> {
    using connection = await this.#logIn(destination, patience);
    const execution = await connection.execute(command, patience);
    if (execution.kind === "refused" || execution.kind === "unsent") {
      throw new CheckDeclined("the server allows no session");
    }
    return { ...execution, printed: connection.printed };
  }

  async #logIn(destination: SshDestination, patience: Patience): Promise<MultiplexedConnection> {
    using _place = await this.#logins.enter(patience.signal);
    return await openConnection(destination, { files: this.#files, resolver: this.#resolver }, patience);
  }

  /** The pool of a destination. After a change of a file that ssh reads it is a new one. */
  #findPool({ key, stamp, destination }: Plan): DestinationPool {
    const known = this.#pools.get(key);
    if (known?.stamp === stamp) return known.pool;
    if (known !== undefined) this.#retire(key, known);
    const open = (patience: Patience) => {
      this.#log("ssh: a new connection");
      return this.#logIn(destination, patience);
    };
    const pool = new DestinationPool({ open, log: this.#log });
    this.#pools.set(key, { pool, stamp });
    return pool;
  }

  #retire(key: string, { pool }: KeptPool): void {
    this.#pools.delete(key);
    pool.retire();
    if (!pool.isEmpty) this.#retired.add(pool);
  }

  #retireAll(): void {
    for (const [key, kept] of this.#pools) this.#retire(key, kept);
  }

  #throwIfDeclined({ key, stamp }: Plan, { stageMs }: Patience): void {
    const known = this.#declined.get(key);
    if (known?.stamp !== stamp || stageMs > known.stageMs || performance.now() >= known.until) return;
    throw new CheckDeclined(known.reason);
  }

  #decline({ key, stamp }: Plan, error: CheckDeclined, patience: Patience): void {
    const stageMs = error instanceof ServerSlow ? patience.stageMs : Number.POSITIVE_INFINITY;
    const until = performance.now() + declinedMs(error);
    this.#declined.set(key, { stamp, reason: error.message, stageMs, until });
  }

  #sweep(): void {
    const now = performance.now();
    if (!this.#isKeeping()) this.#retireAll();
    for (const [key, kept] of this.#pools) {
      kept.pool.sweep(now);
      if (kept.pool.isEmpty) this.#pools.delete(key);
    }
    for (const pool of this.#retired) if (pool.isEmpty) this.#retired.delete(pool);
    for (const [key, { until }] of this.#declined) if (now > until) this.#declined.delete(key);
  }
}

function declinedMs(error: CheckDeclined): number {
  if (error instanceof ServerSlow) return DECLINED_WHILE_SLOW_MS;
  return error instanceof ServerDropped ? DECLINED_AFTER_DROP_MS : DECLINED_MS;
}
