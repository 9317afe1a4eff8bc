import { setTimeout as pause } from "node:timers/promises";
import {
  CheckDeclined,
  RESOLVER,
  type Resolver,
  type Shared,
  type SharedContext,
} from "../../../sdk/index.ts";
import { ServerDropped } from "../openssh/failure.ts";
import { FileCache, type Stamp } from "../openssh/files.ts";
import { isStillTrusted } from "../openssh/host-key.ts";
import { createPlanner, type Plan, type Planner } from "../openssh/plan.ts";
import { openConnection } from "./connection.ts";
import { type Executed, Lane } from "./destination-pool.ts";
import type { LiveConnection, RemoteCommand } from "./multiplexed-connection.ts";

/** The worker's ssh connections. */
export const SSH_POOL: Shared<SshPool> = {
  name: "ssh connections",
  create: ({ log, shared }) => new SshPool(log, shared(RESOLVER)),
};

const SWEEP_MS = 15_000;
/** So long a target is left to ssh at once when it had to be: a handshake in vain is the dearest way to find out. */
const LEAVE_MS = 60_000;
/** One that only dropped a login may be well again in a moment. */
const LEAVE_AFTER_DROP_MS = 5_000;
/** A server that is being started anew, or has too many logins under way, drops some: the second try comes by chance. */
const RETRY_MS = { from: 50, to: 300 };

/** A way to connect that is left to ssh, as long as known_hosts stays the same. */
interface Left {
  readonly trust: Stamp;
  readonly reason: string;
  readonly until: number;
}

/** A lane for every way to connect; two that differ in anything that decides a connection do not meet. */
export class SshPool implements Disposable {
  readonly plan: Planner;
  readonly #log: SharedContext["log"];
  readonly #resolver: Resolver;
  readonly #files = new FileCache();
  readonly #lanes = new Map<string, { readonly lane: Lane; trust: Stamp }>();
  readonly #left = new Map<string, Left>();
  readonly #sweep: NodeJS.Timeout;

  constructor(log: SharedContext["log"], resolver: Resolver) {
    this.#log = log;
    this.#resolver = resolver;
    this.plan = createPlanner(this.#files);
    this.#sweep = setInterval(() => this.#sweepLanes(), SWEEP_MS).unref();
  }

  /** Runs a command. Throws an SshFailure or a CheckDeclined as openConnection does. */
  async execute(plan: Plan, command: RemoteCommand, signal: AbortSignal): Promise<Executed> {
    const { key, target, trust } = plan;
    const left = this.#left.get(key);
    if (left?.trust === trust && performance.now() < left.until) throw new CheckDeclined(left.reason);
    try {
      if (target.control !== "none") return await (await this.#findLane(plan)).execute(command, signal);
      using lane = this.#createLane(plan);
      return await lane.execute(command, signal);
    } catch (error) {
      if (error instanceof CheckDeclined) this.#leave(plan, error);
      throw error;
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#sweep);
    for (const { lane } of this.#lanes.values()) lane[Symbol.dispose]();
    this.#lanes.clear();
  }

  async #findLane(plan: Plan): Promise<Lane> {
    const { key, trust } = plan;
    const known = this.#lanes.get(key);
    if (known === undefined) {
      const lane = this.#createLane(plan);
      this.#lanes.set(key, { lane, trust });
      return lane;
    }
    if (known.trust !== trust) {
      await known.lane.revise();
      known.trust = trust;
    }
    return known.lane;
  }

  #createLane({ target }: Plan): Lane {
    const means = { files: this.#files, resolver: this.#resolver };
    const open = async (signal: AbortSignal): Promise<LiveConnection> => {
      this.#log("ssh: a new connection");
      try {
        return await openConnection(target, means, signal);
      } catch (error) {
        if (!(error instanceof ServerDropped)) throw error;
        await pause(RETRY_MS.from + Math.random() * (RETRY_MS.to - RETRY_MS.from), undefined, { signal });
        return openConnection(target, means, signal);
      }
    };
    const isTrusted = ({ hostKey }: LiveConnection) => isStillTrusted(hostKey, target, this.#files);
    return new Lane({ open, isStillTrusted: isTrusted, log: this.#log });
  }

  #leave({ key, trust }: Plan, error: CheckDeclined): void {
    const forMs = error instanceof ServerDropped ? LEAVE_AFTER_DROP_MS : LEAVE_MS;
    this.#left.set(key, { trust, reason: error.message, until: performance.now() + forMs });
  }

  #sweepLanes(): void {
    const now = performance.now();
    for (const [key, { lane }] of this.#lanes) {
      lane.sweep(now);
      if (lane.isEmpty) this.#lanes.delete(key);
    }
    for (const [key, { until }] of this.#left) if (now > until) this.#left.delete(key);
  }
}
