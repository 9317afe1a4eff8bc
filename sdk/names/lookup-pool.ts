import { readFileSync } from "node:fs";
import type { Family } from "./address.ts";
import {
  type Answer,
  LookupProcess,
  LookupProcessEnded,
  type LookupProcessOptions,
} from "./lookup-process.ts";

/** What a LookupPool needs of its processes. */
type AskedProcess = Pick<LookupProcess, "isReady" | "hasRoom" | "isIdle" | "hasEnded" | "lookup"> &
  Disposable;

export interface LookupPoolOptions {
  /** Writes a line for the operator. */
  readonly warn: (message: string) => void;
  readonly start?: (options: LookupProcessOptions) => AskedProcess;
  readonly now?: () => number;
}

/** What the pool knows of a process. */
interface Kept {
  readonly slots: number;
  askedAt: number;
}

/** A process has two threads for each slot from its start, so where few are enough it is a small one. */
const FEW_SLOTS = 64;
const MANY_SLOTS = 512;
/** A lookup may need two sockets; the process itself needs some files. */
const FILES_PER_SLOT = 2;
const OWN_FILES = 64;
/** A process that nobody has asked for so long is ended. */
const IDLE_MS = 5 * 60_000;
const SWEEP_MS = 60_000;
/** How long no process is started after one that could not work. */
const REST_MS = 60_000;

/**
 * The processes that ask getaddrinfo for names, as many as it takes. They are started when names wait, and
 * ended when they were not needed for five minutes. Where the system gives a large one too few threads, small
 * ones are started.
 */
export class LookupPool implements Disposable {
  readonly #warn: (message: string) => void;
  readonly #startProcess: (options: LookupProcessOptions) => AskedProcess;
  readonly #now: () => number;
  readonly #processes = new Map<AskedProcess, Kept>();
  #restsUntil = Number.NEGATIVE_INFINITY;
  #isSmallUntil = Number.NEGATIVE_INFINITY;
  #sweeping: NodeJS.Timeout | undefined;
  #isDisposed = false;
  /** Is called when a process may be asked, or has ended. */
  onChange: () => void = () => {};

  constructor(options: LookupPoolOptions) {
    const { warn, start = (each) => new LookupProcess(each), now = () => performance.now() } = options;
    this.#warn = warn;
    this.#startProcess = start;
    this.#now = now;
  }

  /** Whether a name can be asked for at once. */
  get isReady(): boolean {
    return this.#find() !== undefined;
  }

  /** Whether there is a process, or one can be started. */
  get canAsk(): boolean {
    return this.isRunning || (!this.#isDisposed && this.#now() >= this.#restsUntil);
  }

  /** Whether there is a process. It may be busy, or not ready yet. */
  get isRunning(): boolean {
    return this.#processes.size > 0;
  }

  /** Starts processes, so that there will be room for so many names that wait. */
  prepare(names: number): void {
    const now = this.#now();
    for (let missing = names - this.#startingSlots; missing > 0; ) {
      if (this.#isDisposed || now < this.#restsUntil) return;
      const isFewEnough = missing <= FEW_SLOTS && !this.isRunning;
      const wanted = isFewEnough || now < this.#isSmallUntil ? FEW_SLOTS : MANY_SLOTS;
      const slots = Math.min(wanted, slotsByFiles());
      this.#start(slots);
      missing -= slots;
    }
  }

  /** To be called only if `isReady`. Rejects as LookupProcess does. */
  async lookup(host: string, family: Family, signal: AbortSignal): Promise<Answer> {
    const process = this.#find();
    if (process === undefined) throw new LookupProcessEnded("no process is ready");
    const kept = this.#processes.get(process);
    if (kept !== undefined) kept.askedAt = this.#now();
    return process.lookup(host, family, signal);
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.onChange = () => {};
    clearInterval(this.#sweeping);
    for (const process of this.#processes.keys()) process[Symbol.dispose]();
    this.#processes.clear();
  }

  #find(): AskedProcess | undefined {
    return this.#processes.keys().find(({ hasRoom }) => hasRoom);
  }

  get #startingSlots(): number {
    const starting = [...this.#processes].filter(([{ isReady }]) => !isReady);
    return starting.reduce((sum, [, { slots }]) => sum + slots, 0);
  }

  #start(slots: number): void {
    const process = this.#startProcess({
      slots,
      onReady: () => this.onChange(),
      onEnd: (why) => this.#ended(process, slots, why),
    });
    this.#processes.set(process, { slots, askedAt: this.#now() });
    this.#sweeping ??= setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  #ended(process: AskedProcess, slots: number, why: string): void {
    this.#dropEnded();
    const until = this.#now() + REST_MS;
    if (!process.isReady && slots > FEW_SLOTS) this.#isSmallUntil = until;
    else if (!process.isReady) this.#restsUntil = until;
    const rests = this.canAsk ? "" : "; for a minute few names are asked for at a time";
    this.#warn(`the process that asks for names ended: ${why}${rests}`);
    this.onChange();
  }

  #dropEnded(): void {
    for (const process of this.#processes.keys()) if (process.hasEnded) this.#processes.delete(process);
  }

  #sweep(): void {
    const before = this.#now() - IDLE_MS;
    for (const [process, { askedAt }] of this.#processes) {
      if (process.isIdle && askedAt < before) process[Symbol.dispose]();
    }
    this.#dropEnded();
    if (this.isRunning) return;
    clearInterval(this.#sweeping);
    this.#sweeping = undefined;
  }
}

/** How many lookups a process may make at a time with the files it may open. It can raise the soft limit. */
function slotsByFiles(): number {
  try {
    const [, hard = ""] =
      /^Max open files\s+\S+\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
    return Math.max(1, Math.floor((Number(hard) - OWN_FILES) / FILES_PER_SLOT)) || MANY_SLOTS;
  } catch {
    return MANY_SLOTS;
  }
}
