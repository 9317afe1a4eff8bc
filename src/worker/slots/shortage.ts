import type { LogThrottle } from "../log-throttle.ts";

const RETRY_MS = 1_000;

export interface ShortageOptions {
  readonly throttle: Pick<LogThrottle, "warn">;
  /** Called with each job that begins to wait. */
  readonly onShort: () => void;
  /** No job waits any more. */
  readonly onOver: () => void;
}

/** The worker stops before the machine had what the job needs. */
export class NotStartedError extends Error {
  override readonly name = "NotStartedError";
}

interface Waiting {
  readonly retry: () => void;
  readonly giveUp: (error: Error) => void;
}

/**
 * Jobs that could not be started because the machine was short of something: of file descriptors, processes,
 * memory or space. They wait in their slots, and no more jobs are taken meanwhile. One is tried again
 * whenever a job has ended, and every second.
 */
export class Shortage {
  readonly #options: ShortageOptions;
  readonly #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: ShortageOptions) {
    this.#options = options;
  }

  /** How many jobs wait. */
  get size(): number {
    return this.#waiting.length;
  }

  /** Resolves when the job is to be tried again. Rejects when the worker stops. */
  wait(lack: string): Promise<void> {
    const text = `cannot start a job, it waits and no more are taken: ${lack}`;
    this.#options.throttle.warn(`shortage ${lack}`, {}, text);
    if (this.#isStopped) return Promise.reject(new NotStartedError(lack));
    this.#timer ??= setTimeout(this.#tick, RETRY_MS);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ retry: resolve, giveUp: reject });
    this.#options.onShort();
    return promise;
  }

  /** A job has ended: what it used may be enough for one that waits. */
  ended(): void {
    if (this.#waiting.length === 0) return;
    this.#waiting.shift()?.retry();
    if (this.#waiting.length === 0) this.#options.onOver();
  }

  /** Jobs that wait go back to their job server, and so do those that would begin to wait. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    for (const { giveUp } of this.#waiting.splice(0)) giveUp(new NotStartedError("the worker stops"));
  }

  readonly #tick = (): void => {
    this.ended();
    this.#timer = this.#waiting.length > 0 ? setTimeout(this.#tick, RETRY_MS) : undefined;
  };
}
