import { CheckFailure, CRITICAL, UNKNOWN, WARNING } from "../../sdk/index.ts";
import type { HttpTarget } from "./request.ts";

/** How redirects are followed. */
export interface RedirectRules {
  /** How many are followed. */
  readonly maximum: number;
  /** True: the address stays the same, whatever host the location names. */
  readonly keepsAddress: boolean;
  readonly keepsPort: boolean;
}

/** One step: a target, and the scheme of the location that led to it. For the first target it is `http`. */
export interface Hop {
  readonly target: HttpTarget;
  readonly scheme: string;
  /** How many redirects led here. */
  readonly depth: number;
}

/** The parts of a location. */
interface Location {
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  readonly url: string;
  readonly usesTls: boolean;
  /** True: it is relative to the folder of the page. */
  readonly isRelativeToFolder: boolean;
}

const MAX_PORT = 65_535;

/**
 * Gives the target that a redirect leads to. Throws a CheckFailure if there is none.
 *
 * @param end stands at the end of every text: `</A>` if the answer is a link
 */
export function followRedirect(
  { header, statusLine }: { readonly header: string; readonly statusLine: string },
  hop: Hop,
  { rules, end }: { readonly rules: RedirectRules; readonly end: string },
): Hop {
  const text = findLocation(header);
  if (text === undefined)
    throw new CheckFailure(
      `HTTP UNKNOWN - Could not find redirect location - ${statusLine}${end}\n`,
      UNKNOWN,
    );
  if (text === "unended") throw new CheckFailure(`HTTP UNKNOWN - Empty redirect location${end}\n`, UNKNOWN);
  const location = readLocation(text.value, hop);
  if (location === undefined)
    throw new CheckFailure(
      `HTTP UNKNOWN - Could not parse redirect location - ${text.value}${end}\n`,
      UNKNOWN,
    );
  const { scheme, host, port, url, usesTls } = location;
  const depth = hop.depth + 1;
  const place = `${scheme}://${host}:${port}${url}${end}\n`;
  if (depth > rules.maximum)
    throw new CheckFailure(
      `HTTP WARNING - maximum redirection depth ${rules.maximum} exceeded - ${place}`,
      WARNING,
    );
  if (isSame(location, hop.target))
    throw new CheckFailure(`HTTP CRITICAL - redirection creates an infinite loop - ${place}`, CRITICAL);
  const target = {
    address: rules.keepsAddress ? hop.target.address : host,
    port: rules.keepsPort ? hop.target.port : port,
    hostName: host,
    hostPort: rules.keepsPort ? hop.target.port : port,
    url,
    usesTls,
  };
  if (target.port > MAX_PORT)
    throw new CheckFailure(
      `HTTP UNKNOWN - Redirection to port above ${MAX_PORT} - ${scheme}://${target.address}:${target.port}${url}${end}\n`,
      UNKNOWN,
    );
  return { target, scheme, depth };
}

/**
 * Whether the location is the page itself. The plugin does not notice that if the location is relative to the
 * folder.
 */
function isSame({ host, port, url, isRelativeToFolder }: Location, target: HttpTarget): boolean {
  const isHere = port === target.port && host === target.address && host === target.hostName;
  return isHere && url === target.url && !isRelativeToFolder;
}

/**
 * Finds the first `Location:` at the start of a line, with all that follows. `unended`: only a line break
 * follows.
 */
function findLocation(header: string): { readonly value: string } | "unended" | undefined {
  const begin = /(?:^|[\r\n])location:[ \t]*/i.exec(header);
  if (begin === null) return undefined;
  const rest = header.slice(begin.index + begin[0].length);
  const [breaks = ""] = /^(?:[\r\n]+[ \t]+)*/.exec(rest) ?? [];
  const value = rest.slice(breaks.length);
  return /^[\r\n]/.test(value) ? "unended" : { value };
}

const HOST = "([-.a-zA-Z0-9]{1,255})";
const PATH = "([-_.!~*'();/?:@&=+$,%#a-zA-Z0-9]+)";
const ABSOLUTE = new RegExp(`^([HTPShtps]{1,5})://${HOST}(?::([0-9]{1,6}))?(?:/${PATH})?`);
const WITHOUT_SCHEME = new RegExp(`^//${HOST}/${PATH}`);
const RELATIVE = new RegExp(`^${PATH}`);

function readLocation(text: string, { target, scheme: lastScheme }: Hop): Location | undefined {
  const absolute = ABSOLUTE.exec(text);
  if (absolute !== null) {
    const [, scheme = "", host = "", port, path = "/"] = absolute;
    const usesTls = scheme === "https";
    const url = path.startsWith("/") ? path : `/${path}`;
    const given = port === undefined ? defaultPort(usesTls) : Number(port);
    return { scheme, host, port: given, url, usesTls, isRelativeToFolder: false };
  }
  const withoutScheme = WITHOUT_SCHEME.exec(text);
  if (withoutScheme !== null) {
    const [, host = "", path = ""] = withoutScheme;
    const scheme = target.usesTls ? "https" : lastScheme;
    const usesTls = scheme === "https";
    return { scheme, host, port: defaultPort(usesTls), url: `/${path}`, usesTls, isRelativeToFolder: false };
  }
  const [, path] = RELATIVE.exec(text) ?? [];
  if (path === undefined) return undefined;
  const isRelativeToFolder = !path.startsWith("/");
  return {
    scheme: lastScheme,
    host: target.hostName ?? target.address,
    port: target.port,
    url: isRelativeToFolder ? `${folderOf(target.url)}/${path}` : path,
    usesTls: target.usesTls,
    isRelativeToFolder,
  };
}

function defaultPort(usesTls: boolean): number {
  return usesTls ? 443 : 80;
}

function folderOf(url: string): string {
  const slash = url.lastIndexOf("/");
  return slash < 0 ? url : url.slice(0, slash);
}
