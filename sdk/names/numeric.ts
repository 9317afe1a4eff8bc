import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { type Address, type Family, ResolveError } from "./address.ts";

/**
 * Reads a text that is an address already. Undefined: the text is a name. `127.1` counts as a name here:
 * getaddrinfo reads it without a name server. Throws a ResolveError.
 */
export function readNumeric(host: string, family: Family): Address | undefined {
  if (host === "") throw new ResolveError("EAI_NONAME"); // Node would give no address, and no error
  const version = isIP(host);
  if (version === 0) return undefined;
  const mapped = family === 4 && version === 6 ? readMapped(host) : undefined;
  if (family !== 0 && family !== version && mapped === undefined) throw new ResolveError("EAI_ADDRFAMILY");
  if (host.includes("%") && !isZoneKnown(host)) throw new ResolveError("EAI_NONAME");
  return mapped ?? { address: host, family: version };
}

/** The IPv4 address in `::ffff:192.0.2.1`, which getaddrinfo gives if it is asked for IPv4. */
function readMapped(host: string): Address | undefined {
  const [address = ""] = host.split("%", 1);
  // A URL writes every IPv6 address in one form, with the last 32 bits in hexadecimal.
  const [, high, low] =
    /^\[::ffff:([0-9a-f]+):([0-9a-f]+)\]$/.exec(new URL(`http://[${address}]`).hostname) ?? [];
  if (high === undefined || low === undefined) return undefined;
  const bytes = [high, low].flatMap((word) => [
    Number.parseInt(word, 16) >> 8,
    Number.parseInt(word, 16) & 0xff,
  ]);
  return { address: bytes.join("."), family: 4 };
}

/** The zone is a number of 32 bits. */
const MAX_ZONE = 0xffff_ffff;

/** Whether getaddrinfo accepts the zone: a number, or for a link-local address the name of an interface. */
function isZoneKnown(host: string): boolean {
  const [address = "", zone = ""] = host.split("%");
  if (/^[0-9]+$/.test(zone)) return Number(zone) <= MAX_ZONE;
  return /^(?:fe[89ab]|ff.2:)/i.test(address) && networkInterfaces()[zone] !== undefined;
}
