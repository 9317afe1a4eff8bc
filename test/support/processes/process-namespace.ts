import { spawnSync } from "node:child_process";

/** For unshare(1): process ids of one's own, as in a container. What is started ends with unshare. */
export const WITH_OWN_PROCESS_IDS = ["--pid", "--fork", "--kill-child", "--mount-proc"];

/** Containers may forbid it, and users other than root may not do it. */
export function mayHaveProcessIds(): boolean {
  return spawnSync("unshare", [...WITH_OWN_PROCESS_IDS, "true"], { stdio: "ignore" }).status === 0;
}
