import { spawnSync } from "node:child_process";

/** For unshare(1): a network of its own, for users other than root in a user namespace. */
export const IN_NEW_NETWORK = ["-n", ...(process.getuid?.() === 0 ? [] : ["-r"])];

/** Containers may forbid networks of one's own, or settings of them. */
export function mayHaveNetwork(): boolean {
  const trial = "ip link set lo up && echo '1 0' >/proc/sys/net/ipv4/ping_group_range";
  return spawnSync("unshare", [...IN_NEW_NETWORK, "sh", "-c", trial], { stdio: "ignore" }).status === 0;
}
