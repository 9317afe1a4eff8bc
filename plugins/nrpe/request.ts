import { isIPv6 } from "node:net";
import { CRITICAL, type Family, type State, UNKNOWN } from "../../sdk/index.ts";
import { createOptionsReader, type GivenText } from "../../sdk/read-options.ts";
import { atoi } from "../libc/number.ts";
import { isPlainHost } from "../transport/host.ts";
import { type AnonymousDh, NRPE_OPTIONS, type NrpeOptions, type TlsVersions } from "./options.ts";
import type { PacketVersion } from "./packet.ts";

/** A command line that was understood. */
export interface NrpeRequest {
  readonly host: string;
  readonly port: number;
  readonly family: Family;
  /** The command and its arguments: `check_disk!20%!10%`. */
  readonly query: string;
  /** The packets of the first attempt. The second attempt uses version 2. */
  readonly version: PacketVersion;
  /** Seconds for connecting and asking, and again for the answer. */
  readonly timeout: number;
  /** The state if there is no connection or no answer in time. */
  readonly failed: State;
  /** Undefined: no TLS. */
  readonly tls: TlsRequest | undefined;
  /** `-E`: messages for stderr go to stdout. */
  readonly joinsStreams: boolean;
}

/** How to use TLS. Files are paths, as byte strings. */
export interface TlsRequest {
  readonly versions: TlsVersions;
  readonly ciphers: string;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  readonly authority: string | undefined;
}

const readOptions = createOptionsReader(NRPE_OPTIONS);

/** Reads a command line. Undefined: the plugin has to answer it. */
export function readNrpeRequest(argv: readonly string[]): NrpeRequest | undefined {
  const { options: words, args } = splitArguments(argv);
  const read = readOptions(words);
  if (read === undefined) return undefined;
  const { options, given } = read;
  const time = readTime(given);
  if (time === undefined || !isSure(options)) return undefined;
  return {
    host: options.host,
    port: options.port,
    family: options.family,
    query: joinQuery(options.command ?? VERSION_QUERY, args),
    version: options.v2 ? 2 : options.v3 ? 3 : 4,
    ...time,
    tls: options.noTls ? undefined : readTls(options),
    joinsStreams: options.stderrToStdout,
  };
}

/** The daemon answers it with its version. */
const VERSION_QUERY = "_NRPE_CHECK";

/**
 * Cuts the words behind the value of the first `-a`. The arguments begin with the last word that the plugin's
 * getopt has looked at: the value of `-a`, or the whole word if the value is in the same one.
 */
function splitArguments(argv: readonly string[]): {
  readonly options: readonly string[];
  readonly args: readonly string[];
} {
  const mayEnd = (word: string | undefined) => word?.startsWith("-") === true && word.includes("a");
  for (let end = 1; end <= argv.length; end += 1) {
    if (!mayEnd(argv[end - 1]) && !mayEnd(argv[end - 2])) continue;
    const options = argv.slice(0, end);
    const hasArguments = readOptions([...HOST, ...options])?.given.some(({ name }) => name === "args");
    if (hasArguments) return { options, args: argv.slice(end - 1) };
  }
  return { options: argv, args: [] };
}

/** The table refuses words without a host. */
const HOST = ["-H", "host"];

/** The plugin's buffer, with the NUL at its end. */
const MAX_QUERY = 2048;

function joinQuery(command: string, args: readonly string[]): string {
  let query = command.slice(0, MAX_QUERY - 1);
  for (const arg of args) {
    const room = MAX_QUERY - query.length - 2;
    if (room <= 0) break;
    query += `!${arg.slice(0, room)}`;
  }
  return query;
}

type Time = Pick<NrpeRequest, "timeout" | "failed">;

const DEFAULT_TIMEOUT = 10;
/** The plugin prints no more than nine digits of its time-out. */
const MAX_TIMEOUT = 999_999_999;

/** Reads `-t` and `-u` in their order: the last one decides the state. */
function readTime(given: readonly GivenText[]): Time | undefined {
  let time: Time | undefined = { timeout: DEFAULT_TIMEOUT, failed: CRITICAL };
  for (const { name, text = "" } of given) {
    if (name === "unknownTimeout") time = { ...time, failed: UNKNOWN };
    if (name === "timeout") time = readTimeout(text, time);
    if (time === undefined) return undefined;
  }
  return time;
}

/** Reads `10`, `10:3`, `10:UNKNOWN` and `:3`. What is left out stays as it was. */
function readTimeout(text: string, before: Time): Time | undefined {
  const parts = text.split(":").filter((part) => part !== "");
  const [seconds, word] = text.startsWith(":") ? [undefined, parts[0]] : parts;
  const failed = word === undefined ? before.failed : STATES.get(word.toUpperCase());
  const timeout = seconds === undefined ? (text === "" ? 0 : before.timeout) : atoi(seconds);
  if (failed === undefined || timeout < 1 || timeout > MAX_TIMEOUT) return undefined;
  return { timeout, failed };
}

const STATES: ReadonlyMap<string, State> = new Map(
  (["OK", "WARNING", "CRITICAL", "UNKNOWN"] as const).flatMap((word, at) => {
    const state = at as State;
    return [[word, state] as const, [String(at), state] as const];
  }),
);

/** Whether this process is sure to do the same as the plugin. */
function isSure({ host, v2, v3, certificate, key, ciphers }: NrpeOptions): boolean {
  if (!isPlainHost(host) || host.includes("%")) return false;
  if (isIPv6(host) && !isCanonical(host)) return false;
  if ((v2 && v3) || (certificate === undefined) !== (key === undefined)) return false;
  return ciphers.length <= MAX_CIPHERS;
}

/** The plugin prints an IPv6 address in one form only, which is the form of a URL in most cases. */
function isCanonical(address: string): boolean {
  return new URL(`http://[${address}]`).hostname === `[${address}]`;
}

/** The plugin cuts a longer list, and may add `:!ADH`. */
const MAX_CIPHERS = 240;
const DEFAULT_CIPHERS = "ALL:!MD5:@STRENGTH:@SECLEVEL=0";

function readTls({ versions, anonymousDh, ciphers, certificate, key, authority }: NrpeOptions): TlsRequest {
  return { versions, ciphers: CIPHERS[anonymousDh](ciphers || DEFAULT_CIPHERS), certificate, key, authority };
}

const CIPHERS: Readonly<Record<AnonymousDh, (list: string) => string>> = {
  never: (list) => `${list}:!ADH`,
  also: (list) => list,
  only: () => "ADH@SECLEVEL=0",
};
