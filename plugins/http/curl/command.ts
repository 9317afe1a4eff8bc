import { isIP } from "node:net";
import { type Dialect, type HttpCommand, readHttpCommand } from "../command.ts";
import { HTTP_OPTIONS } from "../options.ts";
import { readCurlVersions } from "./versions.ts";

/** The agent of check_curl names the libraries it was built with; no server needs to know those of ours. */
const AGENT = "check_curl/v2.3.3 (monitoring-plugins 2.3.3)";
const [HTTP_AGENT] = [HTTP_OPTIONS.agent.read([])?.value];

/** Characters that libcurl sends as they are. */
const URL_PATH = /^\/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*$/;
/** libcurl takes these out of a path. */
const DOTS = /\/\.{1,2}(?:[/?]|$)/;
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/;
const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): *[!-~][ -~]*$/;
/** Headers that libcurl has a word in, or that say where a request ends. */
const OTHER_HEADER =
  /^(?:accept|accept-encoding|authorization|connection|content-.*|cookie|expect|host|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|user-agent)$/i;
const METHODS: readonly string[] = ["GET", "HEAD", "OPTIONS", "DELETE", "POST"];
/** libcurl waits for an answer before it sends more than a megabyte. */
const MAX_BODY = 100_000;
const MAX_TIMEOUT = 86_400;
/** libcurl goes through a proxy if one of these is set. */
const PROXIES = ["all_proxy", "ALL_PROXY"];
const HTTP_PROXIES = ["http_proxy", ...PROXIES];
const HTTPS_PROXIES = ["https_proxy", "HTTPS_PROXY", ...PROXIES];

const CHECK_CURL: Dialect = {
  keepsHostPort: true,
  readVersions: (_, given) => readCurlVersions(given),
};

/**
 * Reads a command line of check_curl: check_http's words, without certificates of ours, dates and what
 * libcurl does in its own way. Undefined: the plugin has to answer it.
 */
export function readCurlCommand(argv: readonly string[]): HttpCommand | undefined {
  const command = readHttpCommand(argv, CHECK_CURL);
  if (command === undefined || !isSure(command)) return undefined;
  const { request } = command;
  const agent = request.agent === HTTP_AGENT ? AGENT : request.agent;
  return { ...command, request: { ...request, agent } };
}

function isSure(command: HttpCommand): boolean {
  const { target, expectations, tls } = command;
  const { timeout, extended, maximumAge, stopsAtHeader } = expectations;
  const isPlain = maximumAge === undefined && !extended && !stopsAtHeader;
  // With TLS 1.3 libcurl lets a server ask for a certificate later on, which Node cannot do.
  const isAnonymous = tls.certificate === undefined && tls.key === undefined;
  const isTimed = timeout > 0 && timeout <= MAX_TIMEOUT;
  const isPlace = isHost(target.address) && isHost(target.hostName ?? target.address) && target.port > 0;
  const isPath = URL_PATH.test(target.url) && !DOTS.test(target.url);
  const proxies = target.usesTls ? HTTPS_PROXIES : HTTP_PROXIES;
  const hasProxy = proxies.some((name) => process.env[name] !== undefined);
  return isPlain && isAnonymous && isTimed && isPlace && isPath && !hasProxy && isSureRequest(command);
}

/** libcurl takes `127.1` for an address, and other names for what getaddrinfo says. */
function isHost(host: string): boolean {
  return isIP(host) === 4 || (NAME.test(host) && /[A-Za-z][^.]*$/.test(host) && !/^0x/i.test(host));
}

function isSureRequest({ request }: HttpCommand): boolean {
  const { method, body, agent, authorization, proxyAuthorization, headers } = request;
  const isBody = (body !== undefined) === (method === "POST") && (body?.text.length ?? 0) <= MAX_BODY;
  const isLogin = authorization === "" || /^[^:]+:/.test(authorization);
  const isAgent = /^[!-~](?:[ -~]*[!-~])?$/.test(agent);
  const isContent = body === undefined || /^[!-~](?:[ -~]*[!-~])?$/.test(body.contentType);
  const areHeaders = headers.every((header) => {
    const [, name] = HEADER.exec(header) ?? [];
    return name !== undefined && !OTHER_HEADER.test(name);
  });
  return (
    METHODS.includes(method) &&
    isBody &&
    isLogin &&
    isAgent &&
    isContent &&
    areHeaders &&
    proxyAuthorization === ""
  );
}
