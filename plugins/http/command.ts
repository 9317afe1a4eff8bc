import type { Family, OptionsOf, Thresholds } from "../../sdk/index.ts";
import { createOptionsReader, type GivenText } from "../../sdk/read-options.ts";
import type { Encoding } from "../libc/ere/expression.ts";
import { createEreSearch, type EreSearch } from "../libc/ere/search.ts";
import type { ExpiryLimits } from "../transport/certificate.ts";
import {
  ANY_TLS,
  HTTP_OPTIONS,
  HTTP_REWRITES,
  type PageSize,
  type Redirects,
  readHost,
  type TlsVersions,
} from "./options.ts";
import type { HttpTarget, RequestParts } from "./request.ts";

/** What the page must be like, and how the answer is printed. */
export interface Expectations {
  /** Texts for the status line. If it has one of them, the status is not judged. */
  readonly expect: string | undefined;
  readonly headerText: string;
  readonly bodyText: string;
  readonly pattern: EreSearch | undefined;
  readonly isInverted: boolean;
  readonly pageSize: PageSize;
  readonly maximumAge: number | undefined;
  readonly showsBody: boolean;
  readonly stopsAtHeader: boolean;
  readonly redirects: Redirects;
  readonly thresholds: Thresholds;
  /** 0 is no limit. */
  readonly timeout: number;
  readonly extended: boolean;
  readonly isLinked: boolean;
}

/** How a TLS connection is made, and what is checked on it. */
export interface TlsOptions {
  readonly versions: TlsVersions;
  /** True: the handshake names the host (SNI). */
  readonly sni: boolean;
  /** The file of the client certificate, in PEM. */
  readonly certificate: string | undefined;
  /** The file of its key. Without a certificate the key is not used, but the file must be readable. */
  readonly key: string | undefined;
  readonly expiry: ExpiryLimits | undefined;
  /** True: the page is asked for too, after the server's certificate was judged. */
  readonly continues: boolean;
}

/** A command line that was understood. */
export interface HttpCommand {
  readonly target: HttpTarget;
  readonly family: Family;
  readonly tls: TlsOptions;
  readonly request: RequestParts;
  readonly maximumRedirects: number;
  readonly expectations: Expectations;
}

type Options = OptionsOf<typeof HTTP_OPTIONS>;

const readOptions = createOptionsReader(HTTP_OPTIONS, { rewrites: HTTP_REWRITES });

/** What check_http and check_curl read in different ways. */
export interface Dialect {
  /** True: the port of `-H` stays, although `-S` stands behind it. */
  readonly keepsHostPort: boolean;
  /** Gives the versions of TLS. Undefined: the plugin has to answer. */
  readonly readVersions: (options: Options, given: readonly GivenText[]) => TlsVersions | undefined;
}

const CHECK_HTTP: Dialect = {
  keepsHostPort: false,
  readVersions: ({ tls }) => tls.findLast((each) => each !== ANY_TLS) ?? ANY_TLS,
};

/** Reads a command line. Undefined: the plugin has to answer it. */
export function readHttpCommand(
  argv: readonly string[],
  dialect: Dialect = CHECK_HTTP,
): HttpCommand | undefined {
  const read = readOptions(argv);
  if (read === undefined) return undefined;
  const { options, given } = read;
  const target = readTarget(options, given, dialect);
  const pattern = readPattern(options, given);
  const tls = readTls(options, dialect.readVersions(options, given));
  if (target === undefined || tls === undefined || pattern === "unsure") return undefined;
  return {
    target,
    tls,
    family: options.family,
    request: readRequest(options),
    maximumRedirects: options.maximumRedirects,
    expectations: readExpectations(options, pattern),
  };
}

/** The options that switch TLS on, and set the port to 443 unless another option sets it. */
export const TLS_ROWS: readonly string[] = ["tls", "expiry", "clientCertificate", "privateKey"];

/**
 * The order of the options counts: `-S` replaces the port of a `-H` before it, but not in the Host header.
 */
function readTarget(
  options: Options,
  given: readonly GivenText[],
  { keepsHostPort }: Dialect,
): HttpTarget | undefined {
  const names = options.hostNames.values();
  let port = 80;
  let hostPort: number | undefined;
  let hostName: string | undefined;
  for (const { name } of given) {
    if (TLS_ROWS.includes(name) && !(keepsHostPort && hostPort !== undefined)) port = 443;
    if (name !== "hostNames") continue;
    const host = names.next().value;
    hostName = host?.name;
    hostPort = host?.port ?? hostPort;
    port = host?.port ?? port;
  }
  const words = options.words.values();
  const address = options.address ?? words.next().value;
  hostName ??= address === undefined ? undefined : words.next().value;
  const connected = address ?? hostName;
  if (
    connected === undefined ||
    [connected, hostName ?? connected].some((each) => readHost(each) === undefined)
  )
    return undefined;
  const usedPort = options.port ?? port;
  return {
    address: connected,
    port: usedPort,
    hostName,
    hostPort: hostPort ?? usedPort,
    url: options.url,
    usesTls: given.some(({ name }) => TLS_ROWS.includes(name)),
  };
}

/** `-l` and `-R` hold for the patterns after them. The last pattern counts, but all of them must be valid. */
function readPattern(options: Options, given: readonly GivenText[]): EreSearch | "unsure" | undefined {
  const texts = { patterns: options.patterns.values(), caselessPatterns: options.caselessPatterns.values() };
  if (!given.some(({ name }) => name in texts)) return undefined;
  const rules = { knowsLines: true, ignoresCase: false, encoding: readEncoding(process.env) };
  let last: { readonly text: string; readonly search: EreSearch } | undefined;
  for (const { name } of given) {
    if (name === "spans") rules.knowsLines = false;
    if (name !== "patterns" && name !== "caselessPatterns") continue;
    rules.ignoresCase ||= name === "caselessPatterns";
    const text = texts[name].next().value ?? "";
    const search = text === "" ? EMPTY : createEreSearch(text, { ...rules });
    if (search === undefined) return "unsure";
    last = { text, search };
  }
  return last?.text === "" ? undefined : last?.search;
}

const EMPTY: EreSearch = { finds: async () => true };

/** The plugin runs with the locale of the worker. */
function readEncoding({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv): Encoding {
  return /\.utf-?8\b/i.test(LC_ALL || LC_CTYPE || LANG || "") ? "utf-8" : "bytes";
}

/** Undefined: there is a certificate without a key, and the plugin complains. */
function readTls(options: Options, versions: TlsVersions | undefined): TlsOptions | undefined {
  const { clientCertificate: certificate, privateKey: key, sni, expiry, continues } = options;
  if (versions === undefined || (certificate !== undefined && key === undefined)) return undefined;
  return { versions, sni, certificate, key, expiry, continues };
}

/** The first `-P` counts. */
function readRequest(options: Options): RequestParts {
  const { method, contentType } = options;
  const [body] = options.bodies;
  return {
    method: method ?? (body === undefined ? "GET" : "POST"),
    agent: options.agent,
    headers: options.headers,
    authorization: options.authorization,
    proxyAuthorization: options.proxyAuthorization,
    body: body === undefined ? undefined : { text: body, contentType },
  };
}

function readExpectations(options: Options, pattern: EreSearch | undefined): Expectations {
  const { warning, critical, timeout } = options;
  const isLate = critical !== undefined && Number.isFinite(critical.end) && critical.end > timeout;
  return {
    expect: options.expect,
    headerText: options.headerText,
    bodyText: options.bodyText,
    pattern,
    isInverted: options.isInverted,
    pageSize: options.pageSize,
    maximumAge: options.maximumAge,
    showsBody: options.showsBody,
    stopsAtHeader: options.noBody,
    redirects: options.redirects,
    thresholds: { warning, critical },
    // The plugin raises its time-out to the critical threshold.
    timeout: isLate ? Math.trunc(critical.end) + 1 : timeout,
    extended: options.extended,
    isLinked: options.isLinked,
  };
}
