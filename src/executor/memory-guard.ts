import { FULL, findMemory, type ReadMemory } from "./cgroup-memory.ts";

const MIB = 2 ** 20;
/** So long after its start a command has the memory that it needs, and the reading shows it. */
const GROWS_MS = 1_000;
const READ_AGAIN_MS = 100;
const READ_AGAIN_STARTS = 8;
/** What a command is taken to need as long as nothing was learned. */
const UNKNOWN_NEED = 16 * MIB;
const LEAST_NEED = MIB;
const MOST_NEED = 64 * MIB;
/** With fewer commands the worker's own ups and downs are larger than what they take. */
const LEARNS_FROM = 8;
/** Some commands need more than the mean. */
const CAUTION = 1.5;
/** Where all commands end before they have grown, what they need is found step by step. */
const STEP = 0.95;

const NO_ROOM = "the memory limit of this worker's cgroup is nearly reached";

export interface MemoryGuardOptions {
  /** How many commands run. */
  readonly running: () => number;
  readonly read?: ReadMemory;
  readonly now?: () => number;
}

/**
 * Whether there is memory for another command. At the limit of a cgroup nothing ends any more: each page that
 * a program needs is taken from another one, or the kernel kills them, in a container the worker with them.
 *
 * A command takes its memory only after it has started. So the young ones are counted with what commands have
 * needed so far, and the others are in the reading.
 */
export class MemoryGuard {
  readonly #running: () => number;
  readonly #read: ReadMemory;
  readonly #now: () => number;
  readonly #starts: number[] = [];
  #need = UNKNOWN_NEED;
  /** The least that was used while nothing ran. */
  #idle = Number.POSITIVE_INFINITY;
  #left = Number.POSITIVE_INFINITY;
  #readMs = Number.NEGATIVE_INFINITY;
  #unread = 0;
  /** Since then something has run. */
  #busyMs = Number.POSITIVE_INFINITY;

  constructor({ running, read = findMemory(), now = () => performance.now() }: MemoryGuardOptions) {
    this.#running = running;
    this.#read = read;
    this.#now = now;
  }

  /** What is missing for one more command, in words. Undefined: it starts now. */
  lack(): string | undefined {
    const now = this.#now();
    if (this.#unread >= READ_AGAIN_STARTS || now - this.#readMs >= READ_AGAIN_MS) this.#look(now);
    if (this.#left === Number.POSITIVE_INFINITY) return undefined;
    const running = this.#running();
    const young = Math.min(running, this.#countYoung(now));
    // Nothing would make room if nothing ran.
    if (running > 0 && this.#left < (young + 1) * this.#need) return NO_ROOM;
    this.#starts.push(now);
    this.#unread += 1;
    return undefined;
  }

  #countYoung(now: number): number {
    const old = this.#starts.findIndex((startMs) => now - startMs < GROWS_MS);
    this.#starts.splice(0, old < 0 ? this.#starts.length : old);
    return this.#starts.length;
  }

  #look(now: number): void {
    const reading = this.#read();
    this.#readMs = now;
    this.#unread = 0;
    this.#left = reading === undefined ? Number.POSITIVE_INFINITY : reading.limit * FULL - reading.used;
    if (reading !== undefined) this.#learn(reading.used, now);
  }

  #learn(used: number, now: number): void {
    const running = this.#running();
    if (running === 0) {
      this.#idle = Math.min(this.#idle, used);
      this.#busyMs = now;
    }
    const grown = running - Math.min(running, this.#countYoung(now));
    const taken = CAUTION * Math.max(0, used - this.#idle);
    if (grown >= LEARNS_FROM) this.#need = within(taken / grown);
    else if (grown === 0 && running >= LEARNS_FROM && now - this.#busyMs > GROWS_MS)
      this.#need = within(Math.max(taken / running, this.#need * STEP));
  }
}

function within(need: number): number {
  return Math.min(MOST_NEED, Math.max(LEAST_NEED, need));
}
