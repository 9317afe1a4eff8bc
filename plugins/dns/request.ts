import { isIP, isIPv4 } from "node:net";
import { type Range, readRange } from "../../sdk/index.ts";
import { createOptionsReader } from "../../sdk/read-options.ts";
import { type Expected, readExpected } from "./expected.ts";
import { DNS_OPTIONS } from "./options.ts";

/** A command line that was understood. Times are in seconds. */
export interface DnsRequest {
  /** A name, or an IPv4 address whose name is asked for. */
  readonly query: string;
  /** Undefined: that of resolv.conf. */
  readonly server: string | undefined;
  readonly expected: readonly Expected[];
  readonly isAll: boolean;
  readonly expectsNone: boolean;
  readonly expectsAuthority: boolean;
  readonly warning: Range | undefined;
  readonly critical: Range | undefined;
  readonly timeout: number;
}

const readOptions = createOptionsReader(DNS_OPTIONS, { rewrites: { "-to": "-t" } });

/** The plugin counts what it expects in the bits of a number. */
const MOST_EXPECTED = 30;

/** Reads a command line. Undefined: the plugin has to answer it. */
export function readDnsRequest(argv: readonly string[]): DnsRequest | undefined {
  const options = readOptions(argv)?.options;
  if (options === undefined) return undefined;
  const rest = options.words.values();
  const query = options.hostname || rest.next().value;
  const server = options.server || rest.next().value;
  if (query === undefined || !(isIPv4(query) || isPlainName(query))) return undefined;
  if (server !== undefined && (isIP(server) === 0 || server.includes("%"))) return undefined;
  const expected = options.expected.flatMap((each) => each.split(",")).map(readExpected);
  const thresholds = [options.warning, options.critical].map((each) =>
    each === undefined ? undefined : (readRange(each) ?? "wrong"),
  );
  const [warning, critical] = thresholds;
  if (warning === "wrong" || critical === "wrong") return undefined;
  if (expected.length > MOST_EXPECTED || (expected.length > 0 && options.expectsNone)) return undefined;
  if (!expected.every((each) => each !== undefined)) return undefined;
  return { ...options, query, server, expected, warning, critical };
}

/**
 * Whether nslookup asks for the name as it stands, and the plugin understands what nslookup prints: it
 * looks for words such as NXDOMAIN, and for `.in-addr.arpa`, in every line.
 */
export function isPlainName(name: string): boolean {
  if (name.length > 250 || !/^[A-Za-z0-9_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*\.?$/.test(name)) return false;
  if (name.split(".").some((label) => label.length > 63) || /^[0-9.]+$/.test(name)) return false;
  return !/NXDOMAIN|Non-existent|Refused|\.arpa/i.test(name);
}
