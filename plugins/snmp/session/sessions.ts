import { RESOLVER, type Resolver, type Shared } from "../../../sdk/index.ts";
import { ClientConfig } from "../snmpget/client-config.ts";
import { type Address, findAddress } from "../snmpget/host-address.ts";
import type { Access } from "./credentials.ts";
import { loadNetSnmp, type Question, type Reply, SnmpSession, type Target } from "./session.ts";
import { Wires } from "./shared-sockets.ts";

/** Checks of one target that ask at once; more of them wait, each within its own time. */
export const MAX_PER_TARGET = 32;
/** Sessions kept for all targets together; for one target and its credentials, as many as may ask it at once. */
const MAX_IDLE = 10_000;
const MAX_IDLE_MS = 5 * 60_000;

/** A session nobody uses. */
interface Idle {
  readonly session: SnmpSession;
  readonly since: number;
}

/** Those who ask a target, and those who wait for their turn. */
interface Queue {
  asking: number;
  readonly waiting: Set<() => void>;
}

/**
 * The SNMP sessions of a worker. One that had its answer is kept for the next check of the same target with the same credentials: an
 * SNMPv3 engine is asked for its name and clock only once. One that had none is not used again.
 */
export class Sessions implements Disposable {
  readonly config = new ClientConfig();
  readonly #resolver: Resolver;
  readonly #wires = new Wires();
  readonly #idle = new Map<string, Idle[]>();
  readonly #queues = new Map<string, Queue>();
  #idleCount = 0;

  constructor(resolver: Resolver) {
    this.#resolver = resolver;
  }

  /** What is open now. */
  get size() {
    return { ...this.#wires.size, idle: this.#idleCount, targets: this.#queues.size };
  }

  /** As findAddress does. */
  resolve(host: string, signal: AbortSignal): Promise<Address | undefined> {
    return findAddress(host, this.#resolver, signal);
  }

  /** Rejects only when the signal aborts. */
  async ask(target: Target, access: Access, question: Question, signal: AbortSignal): Promise<Reply> {
    const leave = await this.#enter(`${target.port} ${target.address}`, signal);
    try {
      return await this.#askInTurn(target, access, question, signal);
    } finally {
      leave();
    }
  }

  [Symbol.dispose](): void {
    for (const { session } of [...this.#idle.values()].flat()) session.close();
    this.#idle.clear();
    this.#wires[Symbol.dispose]();
  }

  async #askInTurn(target: Target, access: Access, question: Question, signal: AbortSignal): Promise<Reply> {
    const key = keyOf(target, access);
    const kept = this.#take(key);
    if (kept === undefined || access.version !== "3") {
      return this.#askOver(kept ?? (await this.#open(target, access)), key, question, signal);
    }
    // What was learnt of an engine may be out of date: asked once, then as by someone who knows nothing.
    const reply = await this.#askOver(kept, key, { ...question, retries: 0 }, signal);
    if (reply.kind === "answered" || reply.kind === "unsent") return reply;
    const retries = reply.kind === "silent" ? question.retries - 1 : question.retries;
    if (retries < 0) return { kind: "silent", isEngineKnown: false };
    return this.#askOver(await this.#open(target, access), key, { ...question, retries }, signal);
  }

  async #askOver(session: SnmpSession, key: string, question: Question, signal: AbortSignal): Promise<Reply> {
    let isKept = false;
    const close = () => session.close();
    signal.addEventListener("abort", close, { once: true });
    try {
      signal.throwIfAborted();
      const reply = await session.ask(question);
      signal.throwIfAborted();
      isKept = reply.kind === "answered";
      return reply;
    } finally {
      signal.removeEventListener("abort", close);
      if (isKept) this.#keep(session, key);
      else session.close();
    }
  }

  async #open(target: Target, access: Access): Promise<SnmpSession> {
    return new SnmpSession(await loadNetSnmp(), this.#wires, target, access);
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
    // The last one kept is the first one used: those of a rush long ago are in front.
    if (isOld(idle[0])) {
      idle.shift()?.session.close();
      this.#idleCount -= 1;
    }
    idle.push({ session, since: performance.now() });
    // Behind all others: the map's first key is the one longest out of use.
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

  /** Gives what is to be called when done. */
  async #enter(name: string, signal: AbortSignal): Promise<() => void> {
    const queue = this.#queues.get(name) ?? { asking: 0, waiting: new Set() };
    this.#queues.set(name, queue);
    if (queue.asking >= MAX_PER_TARGET) await waitForTurn(queue, signal);
    else queue.asking += 1;
    return () => this.#leave(name, queue);
  }

  /** The turn passes to the one who has waited longest. */
  #leave(name: string, queue: Queue): void {
    const [next] = queue.waiting;
    if (next !== undefined) {
      next();
      return;
    }
    queue.asking -= 1;
    if (queue.asking === 0) this.#queues.delete(name);
  }
}

function isOld(idle: Idle | undefined): boolean {
  return idle !== undefined && performance.now() - idle.since > MAX_IDLE_MS;
}

function waitForTurn({ waiting }: Queue, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const leave = () => {
    waiting.delete(enter);
    signal.removeEventListener("abort", giveUp);
  };
  const enter = () => {
    leave();
    resolve();
  };
  const giveUp = () => {
    leave();
    reject(signal.reason);
  };
  waiting.add(enter);
  signal.addEventListener("abort", giveUp, { once: true });
  return promise;
}

/** Holds credentials: it stays in this file. */
function keyOf(target: Target, access: Access): string {
  return JSON.stringify([target, access]);
}

/** One for all checks of the family. */
export const SESSIONS: Shared<Sessions> = {
  name: "SNMP sessions",
  create: ({ shared }) => new Sessions(shared(RESOLVER)),
};
