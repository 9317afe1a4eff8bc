import { endGroup } from "../process-group.ts";
import type { Shell } from "./shell.ts";

const PATIENCE_MS = 1000;

/** Ends an idle shell. What a plugin has left in its process group on purpose stays. */
export async function endShell(shell: Shell): Promise<void> {
  shell.end();
  const killTimer = setTimeout(() => shell.kill(), PATIENCE_MS); // a plugin may have sent it STOP
  await shell.exited;
  clearTimeout(killTimer);
}

/** Ends the shell and every process of its process group. */
export async function endShellAndGroup(shell: Shell): Promise<void> {
  shell.end();
  await endGroup((name) => shell.signal(name) || !shell.hasExited);
  await shell.exited;
}
