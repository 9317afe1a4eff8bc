import { isIPv6 } from "node:net";
import { ResolveError, type Resolver } from "../../../sdk/index.ts";
import type { SocketFamily } from "../session/shared-sockets.ts";

/** Where a host is reached by UDP. */
export interface SocketAddress {
  readonly address: string;
  readonly family: SocketFamily;
}

/**
 * The address snmpget would ask, an IPv4 address if there is one. Undefined where there is no such host. An
 * IPv6 address stands in brackets, and may have snmpget's `udp6:` before them. Rejects only when the signal
 * is aborted.
 */
export async function findAddress(
  host: string,
  resolver: Resolver,
  signal: AbortSignal,
): Promise<SocketAddress | undefined> {
  const bracketed = readBracketed(host);
  if (bracketed !== undefined) return { address: bracketed, family: "udp6" };
  const find = (family: 4 | 6) => findFirst(resolver.resolve(host, family, signal, { anew: true }));
  return (await find(4)) ?? (await find(6));
}

function readBracketed(host: string): string | undefined {
  const [, address] = /^(?:udp6:)?\[([0-9A-Fa-f:.]+)\]$/.exec(host) ?? [];
  return address !== undefined && isIPv6(address) ? address : undefined;
}

/** Undefined for any failure, because snmpget calls the host unknown whatever the reason is. */
async function findFirst(asked: ReturnType<Resolver["resolve"]>): Promise<SocketAddress | undefined> {
  try {
    const [first] = await asked;
    return first && { address: first.address, family: first.family === 4 ? "udp4" : "udp6" };
  } catch (error) {
    if (error instanceof ResolveError) return undefined;
    throw error;
  }
}

const LABEL = "[A-Za-z0-9_][A-Za-z0-9_-]{0,62}";
const NAME = new RegExp(`^${LABEL}(?:\\.${LABEL})*\\.?$`);

/**
 * Whether the host is a name, an IPv4 address or an IPv6 address in brackets. snmpget has other forms too.
 */
export function isUnderstoodHost(host: string): boolean {
  return NAME.test(host) || readBracketed(host) !== undefined;
}
