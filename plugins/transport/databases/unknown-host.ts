import { isIP } from "node:net";
import { type CheckContext, RESOLVER, ResolveError } from "../../../sdk/index.ts";

/** Whether a host is an address already, so that it needs no lookup. */
export function isAddress(host: string): boolean {
  return isIP(host) !== 0 && !host.includes("%");
}

/**
 * Whether a host has no address. The plugins look that up while they read their command line, and take it for
 * a mistake.
 */
export async function isUnknownHost(
  host: string,
  { shared, signal }: Pick<CheckContext, "shared" | "signal">,
): Promise<boolean> {
  try {
    await shared(RESOLVER).resolve(host, 0, signal);
    return false;
  } catch (error) {
    if (!(error instanceof ResolveError)) throw error;
    return true;
  }
}
