import { isIP } from "node:net";
import type { SecureVersion } from "node:tls";
import { CRITICAL, OK, type State, UNKNOWN, WARNING } from "../../../sdk/index.ts";
import { isPlainHost } from "../../transport/host.ts";
import type { GivenFlags } from "./go-flags.ts";

/** How the answer is read and printed. */
export type WebForm = "reachable" | "raw" | "legacy" | "v1";

export interface WebTls {
  /** False: any certificate will do. */
  readonly verifies: boolean;
  readonly minVersion: SecureVersion;
  readonly maxVersion: SecureVersion;
  /** Undefined: the host of the URL. */
  readonly serverName: string | undefined;
  /** Files in PEM. */
  readonly authorities: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
}

/** What the agent is asked, and how its answer is printed. */
export interface WebRequest {
  /** As it is on the command line, for texts. */
  readonly givenUrl: string;
  /** Of the request, for texts. */
  readonly url: string;
  /** Undefined: plain HTTP. */
  readonly tls: WebTls | undefined;
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeout: number;
  readonly timedOut: State;
  /** The state if there is no connection, or no answer. */
  readonly failed: State;
  readonly form: WebForm;
  readonly isJson: boolean;
  /** Decimals of the perfdata; negative: as many as a number needs. */
  readonly decimals: number;
}

const URL_FORM =
  /^(https?):\/\/([A-Za-z0-9._-]+|\[[0-9a-fA-F:.]+\])(?::([1-9][0-9]{0,4}))?((?:\/[A-Za-z0-9._~$&+,:;=@/-]*)?)$/;
/** A name whose last part is no number: getaddrinfo takes `127.1` for an address, Go does not. */
const NAME = /^(?:[^.]+\.)*(?:[A-Za-z_][^.]*|[0-9][^.]*[g-wyzG-WYZ_-][^.]*)\.?$/;
/** Characters of a path that Go sends as they are. */
const COMMAND = /^[A-Za-z0-9._~$&+,:;=@/-]+$/;
/** A header that is sent as it is. */
const HEADER_VALUE = /^[!-~\x80-\xff](?:[ -~\x80-\xff]*[!-~\x80-\xff])?$/;
/** Longer than a day is not what anyone means, and Node's timers have an end. */
const MAX_TIMEOUT = 86_400;

/** Makes a request of the flags. Undefined: the plugin complains, or may do something else. */
export function createWebRequest({ given, words: own }: GivenFlags): WebRequest | undefined {
  const flag = (name: string, otherwise = "") => given.get(name) ?? otherwise;
  const words = flag("query") === "" ? own : [...own, ...flag("query").split(" ")];
  const place = readPlace(flag("u"));
  const limit = readTimeout(flag("t", "10:UNKNOWN"));
  const decimals = readDecimals(flag("f", "-1"));
  const tls = readTls(given);
  if (place === undefined || limit === undefined || decimals === undefined || tls === undefined)
    return undefined;
  // The plugin complains about files that it cannot read, also where it does not need them.
  const isPlain = place.scheme === "http";
  if (isPlain && [tls.authorities, tls.certificate].some((file) => file !== undefined)) return undefined;
  const form = readForm(given, words);
  const path = form && readPath(place.path, form, words);
  const login = form && readLogin(given);
  if (form === undefined || path === undefined || login === undefined) return undefined;
  return {
    ...limit,
    givenUrl: flag("u"),
    url: `${place.scheme}://${place.authority}${form === "raw" ? place.path : path}`,
    tls: isPlain ? undefined : tls,
    host: place.host,
    port: place.port,
    path,
    headers: {
      Host: place.authority,
      "User-Agent": "Go-http-client/1.1",
      ...login,
      "X-Nsc-Web-Timeout": limit.timeout.toFixed(2),
    },
    failed: readState(flag("e", "UNKNOWN")),
    form,
    isJson: given.get("j") === "true",
    decimals,
  };
}

function readPlace(url: string) {
  const [, scheme = "", shown = "", port, path = ""] = URL_FORM.exec(url) ?? [];
  const host = shown.startsWith("[") ? shown.slice(1, -1) : shown;
  const number = Number(port ?? (scheme === "https" ? 443 : 80));
  const isSure = isIP(host) !== 0 ? host.includes(":") === shown.startsWith("[") : NAME.test(host);
  if (scheme === "" || !isSure || !isPlainHost(host) || number > 65_535) return undefined;
  return { scheme, host, port: number, path, authority: port === undefined ? shown : `${shown}:${port}` };
}

function readForm(given: GivenFlags["given"], words: readonly string[]): WebForm | undefined {
  if (given.get("r") === "true") return words.length === 0 ? "raw" : undefined;
  if (words.length === 0) return "reachable";
  return given.get("a") === "1" ? "v1" : "legacy";
}

function readPath(base: string, form: WebForm, [command = "", ...words]: readonly string[]) {
  switch (form) {
    case "raw":
      return base === "" ? "/" : base;
    case "reachable":
      return base.endsWith("/") ? base : `${base}/`;
    case "v1":
    case "legacy":
      break;
  }
  if (!COMMAND.test(command)) return undefined;
  const tail = form === "v1" ? `/api/v1/queries/${command}/commands/execute` : `/query/${command}`;
  return `${base}${tail}${words.length === 0 ? "" : `?${words.map(renderWord).join("&")}`}`;
}

/** `NAME=VALUE`, both escaped. */
function renderWord(word: string): string {
  const at = word.indexOf("=");
  return at < 0 ? escapeQuery(word) : `${escapeQuery(word.slice(0, at))}=${escapeQuery(word.slice(at + 1))}`;
}

function escapeQuery(text: string): string {
  return text.replace(/[^A-Za-z0-9_.~-]/g, (character) =>
    character === " " ? "+" : `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

/** The headers of the login. */
function readLogin(given: GivenFlags["given"]): Readonly<Record<string, string>> | undefined {
  const password = given.get("p") ?? "";
  const login = given.get("l") ?? "admin";
  if (password === "") return undefined;
  if (given.get("a") === "1" && login !== "")
    return { Authorization: `Basic ${Buffer.from(`${login}:${password}`, "latin1").toString("base64")}` };
  return HEADER_VALUE.test(password) ? { Password: password } : undefined;
}

function readTimeout(text: string): Pick<WebRequest, "timeout" | "timedOut"> | undefined {
  if (text === "") return { timeout: 10, timedOut: UNKNOWN };
  const [seconds = "", state] = text.split(":");
  const timeout = /^\+?[0-9]{1,7}$/.test(seconds) ? Number(seconds) : 0;
  if (timeout < 1 || timeout > MAX_TIMEOUT) return undefined;
  return { timeout, timedOut: state === undefined ? UNKNOWN : readState(state) };
}

/** Any other text is UNKNOWN. */
export function readState(text: string): State {
  const states: Readonly<Record<string, State>> = { ok: OK, warning: WARNING, critical: CRITICAL };
  const name = text.toLowerCase();
  if (/^[012]$/.test(name)) return Number(name) as State;
  return Object.hasOwn(states, name) ? (states[name] ?? UNKNOWN) : UNKNOWN;
}

function readDecimals(text: string): number | undefined {
  return /^(?:-[1-9]|[0-9]|[1-9][0-9])$/.test(text) ? Number(text) : undefined;
}

const TLS_VERSIONS: readonly (readonly [name: RegExp, version: SecureVersion])[] = [
  [/^tls1\.?0$/i, "TLSv1"],
  [/^tls1\.?1$/i, "TLSv1.1"],
  [/^tls1\.?2$/i, "TLSv1.2"],
  [/^tls1\.?3$/i, "TLSv1.3"],
];

function readTls(given: GivenFlags["given"]): WebTls | undefined {
  const flag = (name: string) => given.get(name) || undefined;
  const find = (text: string) => TLS_VERSIONS.findIndex(([name]) => name.test(text));
  const [oldest, newest] = [find(flag("tlsmin") ?? "tls1.0"), find(flag("tlsmax") ?? "tls1.3")];
  const [minVersion, maxVersion] = [TLS_VERSIONS[oldest]?.[1], TLS_VERSIONS[newest]?.[1]];
  const serverName = flag("tlshostname");
  const isName = serverName === undefined || (isIP(serverName) === 0 && /^[A-Za-z0-9.-]+$/.test(serverName));
  if (minVersion === undefined || maxVersion === undefined || oldest > newest || !isName) return undefined;
  const [certificate, key] = [flag("C"), flag("K")];
  if (certificate !== undefined && key === undefined) return undefined;
  const verifies = given.get("k") !== "true";
  return { verifies, minVersion, maxVersion, serverName, authorities: flag("ca"), certificate, key };
}
