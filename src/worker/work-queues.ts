import { AdminError, readStatus } from "../gearman/admin.ts";
import { renderServerAddress, type ServerAddress } from "../gearman/server-address.ts";
import { isStatusQueue } from "./servers/server-settings.ts";

/** A queue of a job server, with how many jobs and workers it has. */
export interface WorkQueue {
  /** `host:port` */
  readonly server: string;
  /** A byte string. */
  readonly queue: string;
  /** Jobs that no worker has taken yet. */
  readonly waiting: number;
  readonly running: number;
  readonly workers: number;
}

/** What a job server, `host:port`, says about its queues. */
export type QueueAnswer =
  | { readonly kind: "told"; readonly server: string; readonly queues: readonly WorkQueue[] }
  | { readonly kind: "silent"; readonly server: string; readonly reason: string };

export type AskQueues = () => Promise<readonly QueueAnswer[]>;

const FRESH_MS = 1_000;
const PATIENCE_MS = 1_500;

interface Asked {
  readonly servers: readonly ServerAddress[];
  readonly answers: Promise<readonly QueueAnswer[]>;
  freshUntilMs: number;
}

/**
 * Gives a function that asks all job servers for their queues, without the status queues: each worker has
 * one, and they say nothing about work. It never rejects. All who ask while an answer is under way, or within
 * a second after it, share it.
 */
export function createAskQueues(servers: () => readonly ServerAddress[]): AskQueues {
  let asked: Asked | undefined;
  return () => {
    const wanted = servers();
    if (asked?.servers === wanted && performance.now() < asked.freshUntilMs) return asked.answers;
    const now: Asked = { servers: wanted, answers: Promise.all(wanted.map(ask)), freshUntilMs: Infinity };
    void now.answers.then(() => {
      now.freshUntilMs = performance.now() + FRESH_MS;
    });
    asked = now;
    return now.answers;
  };
}

async function ask(address: ServerAddress): Promise<QueueAnswer> {
  const server = renderServerAddress(address);
  try {
    const queues = await readStatus(address, { timeoutMs: PATIENCE_MS });
    const work = queues.filter(({ queue }) => !isStatusQueue(queue));
    return {
      kind: "told",
      server,
      queues: work.map(({ queue, total, running, workers }) => {
        const waiting = Math.max(0, total - running);
        return { server, queue, waiting, running, workers };
      }),
    };
  } catch (error) {
    return { kind: "silent", server, reason: error instanceof AdminError ? error.message : String(error) };
  }
}
