import { setTimeout as pause } from "node:timers/promises";

const STEP_MS = 1000;
const LOOK_MS = 20;

/** Sends a signal to a process group; 0 sends none. False: no process of the group is left. */
export type SignalGroup = (name: NodeJS.Signals | 0) => boolean;

/** Sends a signal to the group whose first process is `pid`. */
export function signalGroup(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, name);
  } catch {
    return false;
  }
}

/** Sends TERM, a second later INT, and another second later KILL, until no process is left. */
export async function endGroup(signal: SignalGroup): Promise<void> {
  for (const name of ["SIGTERM", "SIGINT", "SIGKILL"] as const) {
    if (!signal(name) || (await isGone(signal))) return;
  }
}

async function isGone(signal: SignalGroup): Promise<boolean> {
  for (let waited = 0; waited < STEP_MS; waited += LOOK_MS) {
    await pause(LOOK_MS);
    if (!signal(0)) return true;
  }
  return false;
}
