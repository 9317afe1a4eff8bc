/** The event loop of the worker could not turn: no job was read, no answer sent, no deadline kept. */
export interface LateLoop {
  readonly seconds: number;
  /** CPU time of the worker's main thread meanwhile. Much less than `seconds`: it waited. */
  readonly cpuSeconds: number;
  /** The check that kept it busy as it started. Otherwise one of those that were under way did, or none. */
  readonly culprit: string | undefined;
  /** Names of checks, those with most runs first. */
  readonly underWay: readonly string[];
}

const TICK_MS = 500;
const LATE_MS = 1_000;
const MAX_NAMES = 5;

/**
 * Tells which native checks were under way when the event loop was late by more than a second. While none is
 * under way it wakes nothing.
 */
export class LoopWatch {
  readonly #onLate: (late: LateLoop) => void;
  readonly #now: () => number;
  /** Names stay when no run of theirs is under way: there are as many as checks. */
  readonly #underWay = new Map<string, number>();
  #running = 0;
  #timer: NodeJS.Timeout | undefined;
  #dueMs = 0;
  #cpu = process.threadCpuUsage();
  #culprit: string | undefined;

  constructor(onLate: (late: LateLoop) => void, now: () => number = () => performance.now()) {
    this.#onLate = onLate;
    this.#now = now;
  }

  /** Starts a run of a check. */
  async follow<Value>(name: string, run: () => Promise<Value>): Promise<Value> {
    this.#count(name, 1);
    if (this.#timer === undefined) this.#start();
    const beganMs = this.#now();
    const running = run();
    if (this.#now() - beganMs > LATE_MS) this.#culprit = name;
    try {
      return await running;
    } finally {
      this.#count(name, -1);
    }
  }

  #count(name: string, change: 1 | -1): void {
    this.#running += change;
    this.#underWay.set(name, (this.#underWay.get(name) ?? 0) + change);
  }

  #start(): void {
    this.#dueMs = this.#now() + TICK_MS;
    this.#cpu = process.threadCpuUsage();
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref();
  }

  #tick(): void {
    const lateMs = this.#now() - this.#dueMs;
    if (lateMs > LATE_MS) this.#tell(lateMs / 1000);
    this.#culprit = undefined;
    if (this.#running === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    this.#dueMs = this.#now() + TICK_MS;
    this.#cpu = process.threadCpuUsage();
  }

  #tell(seconds: number): void {
    const { user, system } = process.threadCpuUsage(this.#cpu);
    const names = [...this.#underWay]
      .filter(([, runs]) => runs > 0)
      .sort(([, one], [, other]) => other - one)
      .map(([name]) => name);
    const cpuSeconds = (user + system) / 1e6;
    const underWay = names.slice(0, MAX_NAMES);
    this.#onLate({ seconds, cpuSeconds, culprit: this.#culprit, underWay });
  }
}
