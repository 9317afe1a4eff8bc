import { setTimeout as pause } from "node:timers/promises";
import type { Shell } from "./shell.ts";

const STEP_MS = 1000;
const LOOK_MS = 20;

/** Lets a shell nothing runs in end. What a plugin left in its group on purpose stays, as with the peers. */
export async function endShell(shell: Shell): Promise<void> {
  shell.end();
  const killTimer = setTimeout(() => shell.kill(), STEP_MS); // a plugin may have stopped it with STOP
  await shell.exited;
  clearTimeout(killTimer);
}

/** TERM, a second later INT, then KILL to the shell and all that is in its process group, until nothing is left. */
export async function endGroup(shell: Shell): Promise<void> {
  shell.end();
  for (const name of ["SIGTERM", "SIGINT", "SIGKILL"] as const) {
    if (!shell.signal(name)) break;
    if (await isGone(shell)) break;
  }
  await shell.exited;
}

async function isGone(shell: Shell): Promise<boolean> {
  for (let waited = 0; waited < STEP_MS; waited += LOOK_MS) {
    await pause(LOOK_MS);
    if (shell.hasExited && !shell.signal(0)) return true;
  }
  return false;
}
