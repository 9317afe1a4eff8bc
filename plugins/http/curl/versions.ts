import type { SecureVersion } from "node:tls";
import type { GivenText } from "../../../sdk/read-options.ts";
import { TLS_ROWS } from "../command.ts";
import { ANY_TLS, type TlsVersions } from "../options.ts";

const VERSIONS: Readonly<Record<string, SecureVersion>> = {
  "1": "TLSv1",
  "1.0": "TLSv1",
  "1.1": "TLSv1.1",
  "1.2": "TLSv1.2",
  "1.3": "TLSv1.3",
};

/**
 * The versions of TLS that check_curl allows. Each option that switches TLS on forgets the version of those
 * before it, but a `+` holds for all options behind it. Undefined: SSL, or wrong usage.
 */
export function readCurlVersions(given: readonly GivenText[]): TlsVersions | undefined {
  let versions = ANY_TLS;
  let isOpen = false;
  for (const { name, text } of given) {
    if (!TLS_ROWS.includes(name)) continue;
    versions = ANY_TLS;
    if (name !== "tls" || text === undefined) continue;
    isOpen ||= text.includes("+");
    const [number = ""] = text.split("+", 1);
    const version = Object.hasOwn(VERSIONS, number) ? VERSIONS[number] : undefined;
    if (version === undefined) return undefined;
    versions = isOpen ? { minVersion: version } : { minVersion: version, maxVersion: version };
  }
  return versions;
}
