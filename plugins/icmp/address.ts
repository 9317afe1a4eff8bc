import { type Address, type CheckOutput, type Family, UNKNOWN } from "../../sdk/index.ts";
import { isPlainHost } from "../transport/host.ts";

export interface PickedAddress {
  readonly address: string;
  readonly family: 4 | 6;
  /** The name has no other address of this family. */
  readonly isOnly: boolean;
}

/**
 * The address check_ping and check_fping send to: an IPv6 address if the name has one, unless IPv4 was asked
 * for.
 */
export function pickAddress(addresses: readonly Address[], asked: Family): PickedAddress {
  const family = asked !== 4 && addresses.some((each) => each.family === 6) ? 6 : 4;
  const [first, ...others] = addresses.filter((each) => each.family === family);
  return { address: first?.address ?? "", family, isOnly: others.length === 0 };
}

/**
 * Whether an IPv6 address is complete only with an interface: link-local and multicast addresses. ping waits
 * for replies where there is no route to them.
 */
export function needsInterface(address: string): boolean {
  return /^(?:fe[89ab][0-9a-f]|ff[0-9a-f]{2}):/i.test(address);
}

/** A host that ping and fping take for nothing else, such as an option. */
export function isPingHost(host: string): boolean {
  return isPlainHost(host) && !host.startsWith("-");
}

/**
 * The answer of check_ping and check_fping where the host cannot be resolved. `usage` is what their help
 * says.
 */
export function answerUnknownHost(plugin: string, host: string, usage: string): CheckOutput {
  return {
    returnCode: UNKNOWN,
    output: `${plugin}: Invalid hostname/address - ${host}\nUsage:\n${usage}\n`,
  };
}
