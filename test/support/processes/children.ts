import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** The processes that the first thread of a process has started, and that have not ended. */
export function childrenOf(pid: number): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").trim();
  return text === "" ? [] : text.split(" ").map(Number);
}

/** Waits until none of these processes runs any more. Nothing tells when a process of another one ends. */
export async function untilEnded(pids: readonly number[]): Promise<void> {
  while (pids.some(isRunning)) await pause(1);
}

/** A process that has ended, and that its parent has not looked after, holds nothing. */
export function isRunning(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}
