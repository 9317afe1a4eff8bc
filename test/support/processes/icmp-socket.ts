import { spawnSync } from "node:child_process";
import { networkInterfaces } from "node:os";

/** Opens what ping plugins open: a socket of the group's right, or a raw one. */
const TRIAL = `
use Socket;
my ($family, $protocol) = $ARGV[0] == 6 ? (AF_INET6, 58) : (AF_INET, 1);
exit !(socket(my $one, $family, SOCK_DGRAM, $protocol) || socket(my $two, $family, SOCK_RAW, $protocol));
`;

/** Whether the user who runs the tests may send pings, and to ::1. */
export function mayPing(): boolean {
  return hasIpv6() && [4, 6].every((family) => mayOpen(family));
}

export function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));
}

function mayOpen(family: number): boolean {
  return spawnSync("perl", ["-e", TRIAL, String(family)], { stdio: "ignore" }).status === 0;
}
