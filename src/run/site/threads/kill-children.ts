import { readFileSync } from "node:fs";

/** Kills the processes that one thread of this process has started. The thread must still be there. */
export function killChildren(tid: string): void {
  for (const pid of readChildren(tid)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
}

function readChildren(tid: string): readonly number[] {
  try {
    const text = readFileSync(`/proc/self/task/${tid}/children`, "utf8");
    return text.trim() === "" ? [] : text.trim().split(" ").map(Number);
  } catch {
    return [];
  }
}
