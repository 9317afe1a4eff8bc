import { readdirSync, readFileSync } from "node:fs";

/** Voluntary context switches so far, by thread. A thread makes one each time it waits. */
export function readSwitches(pids: readonly number[]): ReadonlyMap<string, number> {
  return new Map(
    pids.flatMap((pid) =>
      threadsOf(pid).map((thread): [string, number] => [thread, switchesIn(readText(`${thread}/status`))]),
    ),
  );
}

/** The switches of all threads together. A thread that has ended meanwhile is not counted. */
export function switchesSince(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): number {
  return [...after].reduce((sum, [thread, switches]) => sum + switches - (before.get(thread) ?? 0), 0);
}

export function switchesIn(status: string): number {
  return Number(/^voluntary_ctxt_switches:\s+(\d+)$/m.exec(status)?.[1] ?? 0);
}

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}`);
  } catch {
    return []; // the process has ended
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}
