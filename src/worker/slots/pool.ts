export interface PoolOptions {
  readonly minWorker: number;
  readonly maxWorker: number;
  /** Slots that are added in a second. */
  readonly spawnRate: number;
  /** Seconds after which unused slots end; 0: never. */
  readonly idleTimeout: number;
}

export interface PoolHooks {
  /** Whether slots may be added. */
  readonly mayGrow: () => boolean;
  /** A slot is free. */
  readonly onRoom: () => void;
  /** Nearly all slots up to max-worker have been busy for a minute, or are so no longer. */
  readonly onCrowded?: (isCrowded: boolean) => void;
}

const TICK_MS = 1000;
const CROWDED_TICKS = 60;
/** The pool counts as full above this share of busy slots, or with so few idle slots. */
const BUSY_SHARE = 0.9;
const FEW_IDLE = 2;

/**
 * The slots: how many jobs may run at once. As in the C worker their number starts at min-worker, grows by
 * spawn-rate a second up to max-worker while nearly all are busy and `mayGrow` agrees, and shrinks again
 * after idle-timeout. A slot is only a number here: what a job needs (a warm shell, a session) is started
 * when a job needs it.
 */
export class Pool {
  #options: PoolOptions;
  readonly #hooks: PoolHooks;
  readonly #waiting: (() => void)[] = [];
  #size: number;
  #busy = 0;
  #lastFullMs = 0;
  #timer: NodeJS.Timeout | undefined;
  /** For how many ticks nearly all slots have been busy. */
  #crowdedTicks = 0;

  constructor(options: PoolOptions, hooks: PoolHooks) {
    this.#options = options;
    this.#hooks = hooks;
    this.#size = options.minWorker;
  }

  get size(): number {
    return this.#size;
  }

  get busy(): number {
    return this.#busy;
  }

  /** Jobs that may be taken now. */
  get room(): number {
    return Math.max(0, this.#size - this.#busy);
  }

  /** Waits for a slot. If there is `room`, the slot is taken at once and nothing is returned. */
  enter(): Promise<void> | undefined {
    this.#timer ??= setTimeout(this.#tick, TICK_MS);
    if (this.#busy < this.#size) {
      this.#busy += 1;
      return undefined;
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  leave(): void {
    if (this.#busy >= this.#size) this.#lastFullMs = performance.now();
    this.#busy -= 1;
    this.#letIn();
  }

  /** Uses new limits at once. */
  configure(options: PoolOptions): void {
    this.#options = options;
    this.#size = Math.min(Math.max(this.#size, options.minWorker), options.maxWorker);
    this.#letIn();
  }

  /** Goes down to so many slots. The pool grows again when it is full. */
  shrink(size: number): void {
    this.#size = Math.max(1, Math.min(this.#size, size));
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #letIn(): void {
    while (this.#busy < this.#size && this.#waiting.length > 0) {
      this.#busy += 1;
      this.#waiting.shift()?.();
    }
    if (this.#busy < this.#size) this.#hooks.onRoom();
  }

  #noteCrowd(): void {
    const before = this.#crowdedTicks;
    const isFull = this.#size >= this.#options.maxWorker && this.#busy > this.#size * BUSY_SHARE;
    this.#crowdedTicks = isFull ? before + 1 : 0;
    if (this.#crowdedTicks === CROWDED_TICKS) this.#hooks.onCrowded?.(true);
    if (!isFull && before >= CROWDED_TICKS) this.#hooks.onCrowded?.(false);
  }

  readonly #tick = (): void => {
    const { minWorker, maxWorker, spawnRate, idleTimeout } = this.#options;
    const isFull =
      this.#busy > 0 && (this.#busy / this.#size > BUSY_SHARE || this.#size - this.#busy <= FEW_IDLE);
    if (isFull) this.#lastFullMs = performance.now();
    this.#noteCrowd();
    if (isFull && this.#size < maxWorker && this.#hooks.mayGrow()) {
      this.#size = Math.min(maxWorker, this.#size + spawnRate);
      this.#letIn();
    } else if (idleTimeout > 0 && performance.now() - this.#lastFullMs >= idleTimeout * 1000) {
      this.#size = Math.max(minWorker, this.#busy);
    }
    const isAtRest = this.#busy === 0 && this.#size === minWorker;
    this.#timer = isAtRest ? undefined : setTimeout(this.#tick, TICK_MS);
  };
}
