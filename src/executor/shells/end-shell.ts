import { endGroup } from "../process-group.ts";
import type { Shell } from "./shell.ts";

const PATIENCE_MS = 1000;

/** Lets a shell nothing runs in end. What a plugin left in its group on purpose stays, as with the peers. */
export async function endShell(shell: Shell): Promise<void> {
  shell.end();
  const killTimer = setTimeout(() => shell.kill(), PATIENCE_MS); // a plugin may have stopped it with STOP
  await shell.exited;
  clearTimeout(killTimer);
}

/** Ends the shell and all that is in its process group. */
export async function endShellAndGroup(shell: Shell): Promise<void> {
  shell.end();
  await endGroup((name) => shell.signal(name) || !shell.hasExited);
  await shell.exited;
}
