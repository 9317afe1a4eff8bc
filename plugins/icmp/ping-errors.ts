import type { RouterError } from "./sender/frames.ts";

/**
 * check_ping's texts for a router's error: family → type → code → text. It treats other errors as loss, like
 * a missing reply.
 */
const TEXTS: Readonly<Record<4 | 6, Readonly<Record<number, Readonly<Record<number, string>>>>>> = {
  4: {
    3: {
      0: "Network Unreachable",
      1: "Host Unreachable",
      2: "Bogus ICMP: Protocol Unreachable",
      3: "Bogus ICMP: Port Unreachable",
      9: "Network Prohibited",
      10: "Host Prohibited",
      11: "Network Unreachable",
      12: "Host Unreachable",
      13: "Packet Filtered",
    },
    11: { 0: "Time to live exceeded" },
  },
  6: {
    1: {
      0: "Network Unreachable",
      1: "Packet Filtered",
      2: "Destination Unreachable",
      3: "Host Unreachable",
      4: "Bogus ICMP: Port Unreachable",
    },
    3: { 0: "Time to live exceeded", 1: "Time to live exceeded" },
  },
};

export function pingErrorText(family: 4 | 6, { type, code }: RouterError): string | undefined {
  return TEXTS[family][type]?.[code];
}
