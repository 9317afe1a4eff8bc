import { spawn } from "node:child_process";
import { json } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { IN_NEW_NETWORK } from "../../support/processes/network-namespace.ts";
import type { NetworkResult, Task } from "./network-run.ts";

/** The right by which the process in the namespace may open ICMP sockets. */
export type Rights = "capability" | "group" | "none";

/**
 * A network namespace. responder.pl answers what is sent to 10.0.0.0/8, 192.0.2.9 never answers, and there is
 * no route to 192.0.2.5. The kernel answers for other addresses.
 */
const NETWORK = `
ip link set lo up
ip addr add 192.0.2.1/32 dev lo
ip route add 192.0.2.9/32 dev lo src 192.0.2.1
ip route add unreachable 192.0.2.5
ip addr add 10.255.255.254/32 dev lo
ip route add 10.0.0.0/8 dev lo src 10.255.255.254
ip -6 route add 2001:db8::9/128 dev lo
ip -6 route add unreachable 2001:db8::5
`;

/** A new network gives the right to no group. Users other than root have no group but 0 in it. */
const RIGHTS: Readonly<Record<Rights, string>> = {
  capability: "",
  group: "echo '0 0' >/proc/sys/net/ipv4/ping_group_range",
  none: "",
};

/** Still root, so that every file can be read, but without a capability. */
const POWERLESS = "setpriv --no-new-privs --bounding-set=-all --inh-caps=-all";

export async function runInNetwork(rights: Rights, task: Task): Promise<NetworkResult> {
  const [responder, runner] = ["responder.pl", "network-run.ts"].map((name) =>
    fileURLToPath(new URL(name, import.meta.url)),
  );
  const as = rights === "capability" ? "" : POWERLESS;
  const script = `set -e
    ${NETWORK}
    ${RIGHTS[rights]}
    perl '${responder}' >/dev/null & responder=$!
    ${as} '${process.execPath}' '${runner}' || echo null
    kill $responder`;
  const child = spawn("unshare", [...IN_NEW_NETWORK, "sh", "-c", script], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(JSON.stringify(task));
  return (await json(child.stdout)) as NetworkResult;
}
