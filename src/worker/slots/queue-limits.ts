import type { ByteString } from "../../byte-string.ts";
import type { QueueLimit } from "../../config/kinds/queue-limits.ts";
import { FullTime } from "./full-time.ts";

export interface QueueLimitStatus extends QueueLimit {
  /** Jobs of the queue that have their turn. */
  readonly running: number;
  /** Jobs that have been taken and wait until another one of their queue has ended. */
  readonly waiting: number;
  /** For how many seconds the queue has been at its limit, but for short pauses; 0 if it is not. */
  readonly fullFor: number;
  /** How long it has been so since the start. */
  readonly fullTotal: number;
}

const MAX_IDLE_LINES = 100;

/** The jobs of one queue that are here. */
interface Line {
  running: number;
  readonly waiting: (() => void)[];
}

/**
 * The limits of `queue_max_worker`. While a queue is at its limit, gearmand is not asked for more of its
 * jobs. A job that comes all the same, as after the limit was lowered, waits here and holds no slot.
 */
export class QueueLimits {
  readonly #lines = new Map<string, Line>();
  readonly #full = new Map<string, FullTime>();
  #most: ReadonlyMap<string, number>;

  constructor(limits: readonly QueueLimit[]) {
    this.#most = readLimits(limits);
  }

  /** Queues with a limit. */
  get queues(): readonly ByteString[] {
    return [...this.#most.keys()];
  }

  get status(): readonly QueueLimitStatus[] {
    return [...this.#most].map(([queue, most]) => {
      const line = this.#lines.get(queue);
      const full = this.#full.get(queue);
      return {
        queue,
        most,
        running: line?.running ?? 0,
        waiting: line?.waiting.length ?? 0,
        fullFor: full?.present() ?? 0,
        fullTotal: full?.total() ?? 0,
      };
    });
  }

  /** How many more jobs of the queue may be taken now. */
  room(queue: string): number {
    const line = this.#lines.get(queue);
    return Math.max(0, this.#mostOf(queue) - (line === undefined ? 0 : line.running + line.waiting.length));
  }

  /** Waits until the job may run. Undefined: it may at once. The first to come is the first to run. */
  enter(queue: string): Promise<void> | undefined {
    const line = this.#lineOf(queue);
    if (line.running < this.#mostOf(queue)) {
      line.running += 1;
      this.#note(queue, line);
      return undefined;
    }
    return new Promise((resolve) => line.waiting.push(resolve));
  }

  leave(queue: string): void {
    const line = this.#lineOf(queue);
    line.running -= 1;
    this.#letIn(queue, line);
    this.#note(queue, line);
    // A worker has few queues. Their lines stay, as to make one for each job costs more.
    if (line.running === 0 && this.#lines.size > MAX_IDLE_LINES) this.#lines.delete(queue);
  }

  /** Uses new limits at once. Jobs that run go on. */
  configure(limits: readonly QueueLimit[]): void {
    this.#most = readLimits(limits);
    for (const [queue, line] of this.#lines) {
      this.#letIn(queue, line);
      this.#note(queue, line);
    }
  }

  #note(queue: string, { running }: Line): void {
    const isFull = running >= this.#mostOf(queue);
    const known = this.#full.get(queue);
    if (known === undefined && !isFull) return;
    const full = known ?? new FullTime();
    this.#full.set(queue, full);
    full.note(isFull);
  }

  #letIn(queue: string, line: Line): void {
    while (line.running < this.#mostOf(queue) && line.waiting.length > 0) {
      line.running += 1;
      line.waiting.shift()?.();
    }
  }

  #mostOf(queue: string): number {
    return this.#most.get(queue) ?? Number.POSITIVE_INFINITY;
  }

  #lineOf(queue: string): Line {
    const known = this.#lines.get(queue);
    if (known !== undefined) return known;
    const line = { running: 0, waiting: [] };
    this.#lines.set(queue, line);
    return line;
  }
}

function readLimits(limits: readonly QueueLimit[]): ReadonlyMap<string, number> {
  return new Map(limits.map(({ queue, most }) => [queue, most] as const));
}
