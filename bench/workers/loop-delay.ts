import { readFileSync, writeFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";

/*
 * Our own worker loads this file before its program. It measures how late the event loop is and writes that
 * to a file, again and again. The measurement needs a timer every RESOLUTION_MS, so only lines for latencies
 * use it.
 */

/** The environment variable with the path of the file. */
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
  // The start of the program and the first compilation are left out.
  setTimeout(() => delay.reset(), SETTLED_AFTER_MS).unref();
}

/** The last values a worker has written; undefined when it has written none. */
export function readLoopDelay(path: string): LoopDelay | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
