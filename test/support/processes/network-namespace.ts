import { spawnSync } from "node:child_process";

/** Arguments of unshare(1) for a new network. Users other than root also need a user namespace. */
export const IN_NEW_NETWORK = ["-n", ...(process.getuid?.() === 0 ? [] : ["-r"])];

/** False in a container that forbids new networks or their settings. */
export function mayHaveNetwork(): boolean {
  const trial = "echo '0 0' >/proc/sys/net/ipv4/ping_group_range";
  return spawnSync("unshare", [...IN_NEW_NETWORK, "sh", "-c", trial], { stdio: "ignore" }).status === 0;
}
