import { readFileSync } from "node:fs";

/** What the kernel says about the right to send pings. Undefined: it cannot be read. */
export interface PingFacts {
  /** `/proc/sys/net/ipv4/ping_group_range`: the first and the last group. */
  readonly groupRange: string | undefined;
  /** `/proc/self/status`. */
  readonly status: string | undefined;
}

/**
 * Why the program that sends pings gets no socket here. Undefined: it gets one, as far as these facts tell.
 * The range holds for IPv6 too.
 */
export function findMissingPingRight(facts: PingFacts = readPingFacts()): string | undefined {
  const { groupRange, status } = facts;
  if (groupRange === undefined || status === undefined) return undefined;
  if (isInRange(groupRange, status) || keepsNetRaw(status)) return undefined;
  return "no right to send pings (net.ipv4.ping_group_range, CAP_NET_RAW)";
}

function readPingFacts(): PingFacts {
  return {
    groupRange: readIfPossible("/proc/sys/net/ipv4/ping_group_range"),
    status: readIfPossible("/proc/self/status"),
  };
}

function readIfPossible(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}

function isInRange(groupRange: string, status: string): boolean {
  const [first = 1, last = 0] = numbersOf(groupRange);
  const [, effective = -1] = numbersOf(fieldOf(status, "Gid"));
  const groups = [effective, ...numbersOf(fieldOf(status, "Groups"))];
  return groups.some((group) => group >= first && group <= last);
}

const CAP_NET_RAW = 13n;

/**
 * Whether a program that this process starts has CAP_NET_RAW: one that root starts gets what is in its
 * bounding set, any other only the ambient capabilities. Those of the file of node are not passed on.
 */
function keepsNetRaw(status: string): boolean {
  const [real, effective] = numbersOf(fieldOf(status, "Uid"));
  const names = real === 0 || effective === 0 ? ["CapInh", "CapBnd", "CapAmb"] : ["CapAmb"];
  return names.some((name) => ((BigInt(`0x${fieldOf(status, name) || 0}`) >> CAP_NET_RAW) & 1n) === 1n);
}

function fieldOf(status: string, name: string): string {
  return new RegExp(`^${name}:\\s*(.*)$`, "m").exec(status)?.[1]?.trim() ?? "";
}

function numbersOf(text: string): readonly number[] {
  return text.split(/\s+/).filter(Boolean).map(Number);
}
