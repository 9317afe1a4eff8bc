import { spawnSync } from "node:child_process";

/** Arguments of unshare(1) for separate process ids, as in a container. The command ends with unshare. */
export const WITH_OWN_PROCESS_IDS = ["--pid", "--fork", "--kill-child", "--mount-proc"];

/** False in a container that forbids separate process ids, and for users other than root. */
export function mayHaveProcessIds(): boolean {
  return spawnSync("unshare", [...WITH_OWN_PROCESS_IDS, "true"], { stdio: "ignore" }).status === 0;
}
