import { isIP } from "node:net";
import type { Family, OptionsOf, Thresholds } from "../../sdk/index.ts";
import { createOptionsReader, type GivenText } from "../../sdk/read-options.ts";
import type { Encoding } from "../libc/ere/expression.ts";
import { createEreSearch, type EreSearch } from "../libc/ere/search.ts";
import type { ExpiryLimits } from "../transport/certificate.ts";
import {
  HTTP_OPTIONS,
  HTTP_REWRITES,
  type PageSize,
  type Redirects,
  readHost,
  type TlsVersions,
} from "./options.ts";
import type { HttpTarget, RequestParts } from "./request.ts";

/** What a page must be like. */
export interface Expectations {
  /** Replaces all judgement of the status. */
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

/** How a target is talked to. */
export interface TlsWishes {
  readonly versions: TlsVersions;
  /** Names the host in the handshake. */
  readonly sni: boolean;
  /** A file, PEM. */
  readonly certificate: string | undefined;
  /** Its key's file. Without a certificate it is not used, but must be readable. */
  readonly key: string | undefined;
  readonly expiry: ExpiryLimits | undefined;
  /** The certificate is not all that is asked for. */
  readonly continues: boolean;
}

export interface HttpCommand {
  readonly target: HttpTarget;
  readonly family: Family;
  readonly tls: TlsWishes;
  readonly request: RequestParts;
  readonly maximumRedirects: number;
  readonly expectations: Expectations;
}

type Options = OptionsOf<typeof HTTP_OPTIONS>;

const readOptions = createOptionsReader(HTTP_OPTIONS, { rewrites: HTTP_REWRITES });

/** Undefined: the plugin is executed. */
export function readHttpCommand(argv: readonly string[]): HttpCommand | undefined {
  const read = readOptions(argv);
  if (read === undefined) return undefined;
  const { options, given } = read;
  const target = readTarget(options, given);
  const pattern = readPattern(options, given);
  const tls = readTls(options);
  if (target === undefined || tls === undefined || pattern === "unsure") return undefined;
  if (tls.sni && isIP(target.hostName ?? "") !== 0) return undefined; // Node sends no address as a name
  return {
    target,
    tls,
    family: options.family,
    request: readRequest(options),
    maximumRedirects: options.maximumRedirects,
    expectations: readExpectations(options, pattern),
  };
}

/** The names of the rows that switch TLS on, and with it its port, unless one was given before or is after. */
const TLS_ROWS: readonly string[] = ["tls", "expiry", "clientCertificate", "privateKey"];

/** Words count in their order: a port of `-H` is lost to a `-S` that follows it, but not for the Host header. */
function readTarget(options: Options, given: readonly GivenText[]): HttpTarget | undefined {
  const names = options.hostNames.values();
  let port = 80;
  let hostPort: number | undefined;
  let hostName: string | undefined;
  for (const { name } of given) {
    if (TLS_ROWS.includes(name)) port = 443;
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
  if (connected === undefined || ![connected, hostName ?? connected].every(readHost)) return undefined;
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

/** `-l` and `-R` hold for the patterns after them, the last of which counts. All must be right. */
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

/** The plugin's locale is the worker's. */
function readEncoding({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv): Encoding {
  return /\.utf-?8\b/i.test(LC_ALL || LC_CTYPE || LANG || "") ? "utf-8" : "bytes";
}

/** Undefined: the plugin complains of a certificate without a key. */
function readTls(options: Options): TlsWishes | undefined {
  const { clientCertificate: certificate, privateKey: key, sni, expiry, continues } = options;
  if (certificate !== undefined && key === undefined) return undefined;
  const versions = options.tls.findLast((each) => each !== "unsaid") ?? "any";
  return { versions, sni, certificate, key, expiry, continues };
}

/** Of several `-P` the first counts. */
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
    // The plugin waits for what is critical.
    timeout: isLate ? Math.trunc(critical.end) + 1 : timeout,
    extended: options.extended,
    isLinked: options.isLinked,
  };
}
