import type { SecureVersion } from "node:tls";
import {
  CRITICAL,
  flag,
  integer,
  leftToPlugin,
  list,
  OK,
  oneOf,
  option,
  type Range,
  readRange,
  type State,
  text,
  UNKNOWN,
  WARNING,
  words,
} from "../../sdk/index.ts";
import { atoi, isIntNonNeg } from "../libc/number.ts";
import type { ExpiryLimits } from "../transport/certificate.ts";
import { family, isPlainHost } from "../transport/host.ts";
import type { RedirectRules } from "./redirect.ts";

/** The plugin cuts longer texts and patterns. */
const MAX_TEXT_LENGTH = 8_191;
const MAX_PATTERN_LENGTH = 1_023;
/** The largest `int` of C. */
const INT_MAX = 2 ** 31 - 1;

/** `-f`: the state of a redirect, or how it is followed. */
export type Redirects = State | Omit<RedirectRules, "maximum">;

const REDIRECTS: Readonly<Record<string, Redirects>> = {
  ok: OK,
  warning: WARNING,
  critical: CRITICAL,
  unknown: UNKNOWN,
  follow: { keepsAddress: false, keepsPort: false },
  sticky: { keepsAddress: true, keepsPort: false },
  stickyport: { keepsAddress: true, keepsPort: true },
};

/** Bytes that the page must have. 0 is no limit. */
export interface PageSize {
  readonly min: number;
  readonly max: number;
}

/** `-S` without a version, which leaves the version of another `-S` as it is. */
export const ANY_TLS: TlsVersions = {};

/** Options whose order counts are lists here, because their last value is not always the one that counts. */
export const HTTP_OPTIONS = {
  hostNames: list(
    option("-H, --hostname=NAME[:PORT]", "for the Host header, and what is connected to", readHostName),
  ),
  address: option("-I, --IP-address=ADDRESS", "what is connected to", readHost),
  port: integer("-p, --port=PORT", "port number (80, over TLS 443)", { min: 0, max: 65_535 }),
  family,
  tls: list(
    option("-S, --ssl[=VERSION]", "over TLS: 1.2 alone, or 1.2+", readTlsVersions, { bare: ANY_TLS }),
  ),
  sni: flag("--sni", "names the host in the TLS handshake"),
  expiry: option("-C, --certificate=DAYS[,DAYS]", "how long the certificate must last", readExpiry),
  continues: flag("--continue-after-certificate", "asks for the page too"),
  clientCertificate: text("-J, --client-cert=FILE", "our certificate, PEM"),
  privateKey: text("-K, --private-key=FILE", "its key, PEM"),
  url: text("-u, --url=PATH", "what is asked for", { default: "/" }),
  bodies: list(text("-P, --post=TEXT", "sends this, with POST unless -j says otherwise", { secret: true })),
  method: option("-j, --method=METHOD", "GET, HEAD, PUT …", readMethod),
  contentType: text("-T, --content-type=TYPE", "of what -P sends", {
    default: "application/x-www-form-urlencoded",
  }),
  agent: text("-A, --useragent=TEXT", "the User-Agent header", {
    default: "check_http/v2.3.3 (monitoring-plugins 2.3.3)",
  }),
  headers: list(text("-k, --header=LINE", "a header of the request", { secret: true })),
  authorization: login("-a, --authorization=USER:PASSWORD", "basic authentication"),
  proxyAuthorization: login("-b, --proxy-authorization=USER:PASSWORD", "the same for a proxy"),
  expect: option("-e, --expect=TEXT,…", "one of these in the status line, whatever the status", readShort),
  headerText: shortText("-d, --header-string=TEXT", "must be in the header"),
  bodyText: shortText("-s, --string=TEXT", "must be in the page"),
  patterns: list(option("-r, --regex, --ereg=PATTERN", "must be found in the page", readPattern)),
  caselessPatterns: list(option("-R, --eregi=PATTERN", "the same, whatever the case", readPattern)),
  spans: flag("-l, --linespan", "patterns that follow take line breaks for characters"),
  isInverted: flag("--invert-regex", "the pattern must not be found"),
  pageSize: option("-m, --pagesize=MIN[:MAX]", "bytes the page must have", readPageSize, {
    default: { min: 0, max: 0 },
  }),
  maximumAge: option("-M, --max-age=AGE", "seconds, or 10m, 10h, 10d, since it was changed", readAge),
  noBody: flag("-N, --no-body", "reads the header only"),
  showsBody: flag("-B, --show-body", "prints the page"),
  redirects: option(
    "-f, --onredirect=HOW",
    Object.keys(REDIRECTS).join(", "),
    (how) => (Object.hasOwn(REDIRECTS, how) ? REDIRECTS[how] : undefined),
    { default: OK },
  ),
  maximumRedirects: option("--max-redirs=COUNT", "how many are followed", readCount, { default: 15 }),
  warning: option("-w, --warning=RANGE", "seconds that are a warning", readSeconds),
  critical: option("-c, --critical=RANGE", "seconds that are critical", readSeconds),
  timeout: integer("-t, --timeout=SECONDS", "how long it may take, 0 is no limit", { default: 10, min: 0 }),
  extended: flag("-E, --extended-perfdata", "perfdata of each step"),
  isLinked: oneOf({ "-L, --link": true, "-n, --nohtml": false }, "output in an HTML link", {
    default: false,
  }),
  verbose: leftToPlugin("-v, --verbose", "what is said"),
  words: words("[ADDRESS [NAME]]", "where -I and -H are not given"),
};

/** Words that the plugin replaces, in every place. */
export const HTTP_REWRITES = { "-to": "-t", "-hn": "-H", "-wt": "-w", "-ct": "-c", "-nohtml": "-n" };

/** The value of `-H`. */
export interface HostName {
  readonly name: string;
  readonly port: number | undefined;
}

/** An IPv6 address in brackets with a port is left to the plugin, which loses characters of it. */
function readHostName(given: string): HostName | undefined {
  const [, name, portText] = /^([^:]+):([0-9]{1,5})$/.exec(given) ?? [];
  if (name === undefined) {
    const isWhole = readHost(given) !== undefined && (!given.includes(":") || given.split(":").length > 2);
    return isWhole ? { name: given, port: undefined } : undefined;
  }
  const portNumber = Number(portText);
  const isPort = portNumber > 0 && portNumber <= 65_535;
  return isPort && readHost(name) !== undefined ? { name, port: portNumber } : undefined;
}

/** Accepts a host that this process resolves as the plugin does. An empty one has no address. */
export function readHost(given: string): string | undefined {
  if (given === "") return given;
  const plain = given.startsWith("[") && given.endsWith("]") ? given.slice(1, -1) : given;
  return isPlainHost(plain) && given.length <= 255 ? given : undefined;
}

/** The versions of TLS that `-S` allows. Without a version it allows what OpenSSL allows. */
export interface TlsVersions {
  readonly minVersion?: SecureVersion;
  readonly maxVersion?: SecureVersion;
}

/** What `-S1.1` begins with, and the version that it means. The first one that fits counts. */
const TLS_VERSIONS: readonly (readonly [start: string, version: SecureVersion | undefined])[] = [
  ["1.2", "TLSv1.2"],
  ["1.1", "TLSv1.1"],
  ["1", "TLSv1"], // the plugin knows no TLS 1.3: `-S1.3` is TLS 1.0 alone
  ["3", undefined],
  ["2", undefined],
];

/** `-S1.1` is this version alone, `-S1.1+` this one or a newer one. SSL 3 and SSL 2 alone are refused. */
function readTlsVersions(given: string): TlsVersions | undefined {
  const known = TLS_VERSIONS.find(([start]) => given.startsWith(start));
  const isOpen = given.includes("+");
  if (known === undefined) return undefined;
  const [, version] = known;
  if (version === undefined) return isOpen ? {} : undefined;
  return isOpen ? { minVersion: version } : { minVersion: version, maxVersion: version };
}

function readExpiry(given: string): ExpiryLimits | undefined {
  const [warning = "", critical = "0", ...others] = given.split(",");
  if (others.length > 0 || !isIntNonNeg(warning) || !isIntNonNeg(critical)) return undefined;
  return { warning: atoi(warning), critical: atoi(critical) };
}

/** CONNECT is left to the plugin: it goes through a proxy. A text after a colon is for the proxy too. */
function readMethod(given: string): string | undefined {
  const [method = ""] = given.split(":", 1);
  return method === "CONNECT" ? undefined : method;
}

function shortText(spelling: string, help: string) {
  return option(spelling, help, readShort, { default: "" });
}

function login(spelling: string, help: string) {
  return option(spelling, help, readShort, { default: "", secret: true });
}

function readShort(given: string): string | undefined {
  return given.length <= MAX_TEXT_LENGTH ? given : undefined;
}

function readPattern(given: string): string | undefined {
  return given.length <= MAX_PATTERN_LENGTH ? given : undefined;
}

function readPageSize(given: string): PageSize | undefined {
  if (given === "") return { min: 0, max: 0 };
  const [, min, max = "0"] = /^([0-9]{1,9})(?::([0-9]{1,9}))?$/.exec(given) ?? [];
  return min === undefined ? undefined : { min: Number(min), max: Number(max) };
}

const AGE_UNITS: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3_600, d: 86_400 };

function readAge(given: string): number | undefined {
  const [, count, unit = ""] = /^([0-9]{1,9})([smhd]?)$/.exec(given) ?? [];
  const age = Number(count) * (AGE_UNITS[unit] ?? 1);
  return age <= INT_MAX ? age : undefined;
}

function readCount(given: string): number | undefined {
  return isIntNonNeg(given) ? atoi(given) : undefined;
}

/** Accepts a range whose upper end fits an integer of the plugin, or that has none. */
function readSeconds(given: string): Range | undefined {
  const read = readRange(given);
  return read !== undefined && (read.end < INT_MAX || isOpen(read)) ? read : undefined;
}

/** Whether the range has no upper end. `inf` as a text is one, and the plugin prints it. */
function isOpen({ text: written, end }: Range): boolean {
  return end === Number.POSITIVE_INFINITY && /^@?(?:.*:)?$/s.test(written);
}
