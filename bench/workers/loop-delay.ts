import { readFileSync, writeFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";

/*
 * Loaded into our own worker before its program: how late its event loop is, written to a file again and again. The
 * measurement itself costs a timer every RESOLUTION_MS, so it is used for latencies only.
 */

/** Names the file. */
export const LOOP_DELAY_FILE = "OMD_BENCH_LOOP_DELAY";

const RESOLUTION_MS = 5;
const WRITE_EVERY_MS = 500;
const SETTLED_AFTER_MS = 2_000;
const NS_PER_MS = 1e6;

export interface LoopDelay {
  readonly p99Ms: number;
  readonly maxMs: number;
}

const file = process.env[LOOP_DELAY_FILE];
if (file !== undefined) record(file);

function record(path: string): void {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / NS_PER_MS - RESOLUTION_MS);
  setInterval(() => {
    const told: LoopDelay = { p99Ms: late(delay.percentile(99)), maxMs: late(delay.max) };
    writeFileSync(path, JSON.stringify(told));
  }, WRITE_EVERY_MS).unref();
  // Not the start and the first compilation.
  setTimeout(() => delay.reset(), SETTLED_AFTER_MS).unref();
}

/** What a worker has written so far; undefined when it was not asked to, or has not come to it. */
export function readLoopDelay(path: string): LoopDelay | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
