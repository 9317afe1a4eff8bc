import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/**
 * Stops a process, and waits until all its threads stand still. The kernel stops them one by one, so a
 * thread that slept may answer once more after the signal is sent.
 */
export async function standStill(pid: number): Promise<void> {
  process.kill(pid, "SIGSTOP");
  while (!statesOf(pid).every((state) => state === "T")) await pause(1);
}

function statesOf(pid: number): readonly string[] {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks).map(
    (task) => /\) (\S)/.exec(readFileSync(`${tasks}/${task}/stat`, "utf8"))?.[1] ?? "",
  );
}
