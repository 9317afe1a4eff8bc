import { performance } from "node:perf_hooks";
import { CheckFailure, CRITICAL } from "../../sdk/index.ts";

/** What the event loop has done so far. */
export interface LoopMoment {
  readonly ms: number;
  /** How long it has waited for events. */
  readonly idleMs: number;
  /** How many turns it has made. */
  readonly turns: number;
}

/** A turn of the event loop that is as short as this is the check's own work. */
const OWN_WORK_MS = 1;

/**
 * Counts the time that a target takes, for one check. A plugin that waits for its target sees the answer at
 * once. Here other checks may keep the event loop busy when the answer comes: that is not the target's fault.
 *
 * The event loop tells how long it was busy, and in how many turns. What ends a wait has come since the turn
 * before, so the loop was late by one turn at most. A wait of many turns loses only a small part of its time,
 * so a slow target stays slow.
 */
export class TargetClock {
  readonly #read: () => LoopMoment;
  readonly #now: () => number;
  readonly #beginMs: number;
  #last: LoopMoment;
  /** What does not count. */
  #lateMs = 0;

  constructor(read: () => LoopMoment = readMoment) {
    this.#read = read;
    this.#now = read === readMoment ? now : () => read().ms;
    this.#last = read();
    this.#beginMs = this.#last.ms;
  }

  /** Seconds since the clock was made, without those that were left out or the event loop was late. */
  get seconds(): number {
    return Math.max(0, this.#now() - this.#beginMs - this.#lateMs) / 1000;
  }

  /** Leaves out the time since the last tick, in which the check did not wait for its target. */
  skip(): void {
    const [before, now] = [this.#last, this.#read()];
    this.#last = now;
    this.#lateMs += now.ms - before.ms;
  }

  /**
   * Ends a wait that took the other side `ms`: a lookup that had to wait for its turn in this process. Counts
   * no more than that, nor the time that the event loop is late.
   */
  waited(ms: number): void {
    const passedMs = this.#read().ms - this.#last.ms;
    const lateMs = this.#lateMs;
    this.tick();
    this.#lateMs = lateMs + Math.max(this.#lateMs - lateMs, passedMs - ms);
  }

  /** Ends a wait. It is called each time when something has come from the target. */
  tick(): void {
    const [before, now] = [this.#last, this.#read()];
    this.#last = now;
    const turns = now.turns - before.turns;
    if (turns === 0) return;
    const busyMs = now.ms - before.ms - (now.idleMs - before.idleMs);
    this.#lateMs += Math.max(0, busyMs / turns - OWN_WORK_MS);
  }
}

/** What tells of the event loop is the same object for as long as the process lives. */
const { nodeTiming } = performance;

function now(): number {
  return performance.now();
}

function readMoment(): LoopMoment {
  const { idleTime: idleMs, uvMetricsInfo } = nodeTiming;
  return { ms: now(), idleMs, turns: uvMetricsInfo.loopCount };
}

/** Starts a watch. It gives the seconds since then in whole microseconds, as the plugins count them. */
export function stopwatch(clock: Pick<TargetClock, "seconds">): () => number {
  const begin = clock.seconds;
  return () => Math.max(0, Math.trunc((clock.seconds - begin) * 1_000_000) / 1_000_000);
}

/**
 * Makes the `onTimeout` of a plugin's `-t`. A plugin prints this line when its alarm goes off, after the
 * texts it has printed before.
 */
export function socketTimeout(seconds: number, printed: readonly string[] = []): () => CheckFailure {
  const text = `CRITICAL - Socket timeout after ${seconds} seconds`;
  return () => new CheckFailure(`${printed.join("")}${text}`, CRITICAL);
}
