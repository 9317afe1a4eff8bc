import { whenAborted } from "../../../sdk/deadline.ts";
import type { Shared } from "../../../sdk/index.ts";
import type { Credentials } from "./credentials.ts";
import { type AgentAddress, loadNetSnmp, type SnmpReply, type SnmpRequest, SnmpSession } from "./session.ts";
import { SharedSockets } from "./shared-sockets.ts";

/** Requests to one agent at a time. Further checks wait for their turn, each within its own time. */
export const MAX_PER_AGENT = 32;
/**
 * Idle sessions of all agents together. One agent and its credentials may have as many as may ask it at a
 * time.
 */
const MAX_IDLE = 10_000;
const MAX_IDLE_MS = 5 * 60_000;

/** A session no check uses. */
interface IdleSession {
  readonly session: SnmpSession;
  readonly since: number;
}

/** How many checks ask an agent, and the checks that wait for their turn. */
interface Queue {
  asking: number;
  readonly waiting: Set<() => void>;
}

/** Whom to ask, and what. */
interface Asking {
  readonly agent: AgentAddress;
  readonly credentials: Credentials;
  readonly request: SnmpRequest;
}

/**
 * The SNMP sessions of a worker. A session that had its answer is kept for the next check of the same agent
 * with the same credentials, so that an SNMPv3 engine is asked for its name and clock only once. A session
 * without an answer is not used again.
 */
export class Sessions implements Disposable {
  readonly #sockets = new SharedSockets();
  readonly #idle = new Map<string, IdleSession[]>();
  readonly #queues = new Map<string, Queue>();
  #idleCount = 0;

  /** How many sockets, requests, idle sessions and asked agents there are now. */
  get size() {
    return { ...this.#sockets.size, idle: this.#idleCount, agents: this.#queues.size };
  }

  /** Rejects only when the signal is aborted. */
  async ask(asking: Asking, signal: AbortSignal): Promise<SnmpReply> {
    const { agent } = asking;
    const leave = await this.#enter(`${agent.port} ${agent.address}`, signal);
    try {
      return await this.#askInTurn(asking, signal);
    } finally {
      leave();
    }
  }

  [Symbol.dispose](): void {
    for (const { session } of [...this.#idle.values()].flat()) session.close();
    this.#idle.clear();
    this.#sockets[Symbol.dispose]();
  }

  async #askInTurn(asking: Asking, signal: AbortSignal): Promise<SnmpReply> {
    const { agent, credentials, request } = asking;
    const key = keyOf(agent, credentials);
    const kept = this.#take(key);
    if (kept === undefined || credentials.version !== "3") {
      return this.#askOver({ session: kept ?? (await this.#open(asking)), key }, request, signal);
    }
    // What is known of the engine may be out of date. The kept session asks once, then a new one learns it
    // again.
    const reply = await this.#askOver({ session: kept, key }, { ...request, retries: 0 }, signal);
    if (reply.kind === "answered" || reply.kind === "unsent") return reply;
    const retries = reply.kind === "silent" ? request.retries - 1 : request.retries;
    if (retries < 0) return { kind: "silent", isEngineKnown: false };
    return this.#askOver({ session: await this.#open(asking), key }, { ...request, retries }, signal);
  }

  async #askOver(
    { session, key }: { readonly session: SnmpSession; readonly key: string },
    request: SnmpRequest,
    signal: AbortSignal,
  ): Promise<SnmpReply> {
    let isKept = false;
    using _closing = whenAborted(signal, () => session.close());
    try {
      signal.throwIfAborted();
      const reply = await session.ask(request);
      signal.throwIfAborted();
      isKept = reply.kind === "answered";
      return reply;
    } finally {
      if (isKept) this.#keep(session, key);
      else session.close();
    }
  }

  async #open({ agent, credentials }: Asking): Promise<SnmpSession> {
    return new SnmpSession(await loadNetSnmp(), this.#sockets, agent, credentials);
  }

  #take(key: string): SnmpSession | undefined {
    const idle = this.#idle.get(key);
    const taken = idle?.pop();
    if (idle?.length === 0) this.#idle.delete(key);
    if (taken !== undefined) this.#idleCount -= 1;
    return taken?.session;
  }

  #keep(session: SnmpSession, key: string): void {
    const idle = this.#idle.get(key) ?? [];
    // The session kept last is used first, so the sessions of a rush long ago are in front.
    if (isOld(idle[0])) {
      idle.shift()?.session.close();
      this.#idleCount -= 1;
    }
    idle.push({ session, since: performance.now() });
    // The key moves to the end of the map, so the first key is the one that was not used for longest.
    this.#idle.delete(key);
    this.#idle.set(key, idle);
    this.#idleCount += 1;
    this.#closeOld();
  }

  #closeOld(): void {
    for (const [key, idle] of this.#idle) {
      if (!isOld(idle.at(-1)) && this.#idleCount <= MAX_IDLE) return;
      this.#idle.delete(key);
      this.#idleCount -= idle.length;
      for (const { session } of idle) session.close();
    }
  }

  /** Waits for the check's turn. Gives the function that ends the turn. */
  async #enter(name: string, signal: AbortSignal): Promise<() => void> {
    const queue = this.#queues.get(name) ?? { asking: 0, waiting: new Set() };
    this.#queues.set(name, queue);
    if (queue.asking >= MAX_PER_AGENT) await waitForTurn(queue, signal);
    else queue.asking += 1;
    return () => this.#leave(name, queue);
  }

  /** The turn passes to the check that has waited longest. */
  #leave(name: string, queue: Queue): void {
    const [next] = queue.waiting;
    if (next !== undefined) {
      queue.waiting.delete(next);
      next();
      return;
    }
    queue.asking -= 1;
    if (queue.asking === 0) this.#queues.delete(name);
  }
}

function isOld(idle: IdleSession | undefined): boolean {
  return idle !== undefined && performance.now() - idle.since > MAX_IDLE_MS;
}

async function waitForTurn({ waiting }: Queue, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const enter = () => resolve();
  using _givingUp = whenAborted(signal, () => {
    waiting.delete(enter);
    reject(signal.reason);
  });
  waiting.add(enter);
  await promise;
}

/** The key holds credentials: it stays in this file. */
function keyOf(agent: AgentAddress, credentials: Credentials): string {
  return JSON.stringify([agent, credentials]);
}

/** One for all checks of the family. */
export const SESSIONS: Shared<Sessions> = { name: "SNMP sessions", create: () => new Sessions() };
