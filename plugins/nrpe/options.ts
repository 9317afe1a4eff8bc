import {
  type Family,
  flag,
  leftToPlugin,
  type OptionsOf,
  oneOf,
  option,
  text,
  words,
} from "../../sdk/index.ts";
import { atoi } from "../libc/number.ts";

/** How the plugin's `-d` uses anonymous Diffie-Hellman. */
export type AnonymousDh = "never" | "also" | "only";

/** The versions of TLS that `-S` allows. */
export interface TlsVersions {
  readonly minVersion: "TLSv1" | "TLSv1.1" | "TLSv1.2" | "TLSv1.3";
  readonly maxVersion: "TLSv1" | "TLSv1.1" | "TLSv1.2" | "TLSv1.3";
}

/** The options of the plugin. `-a` ends them: what follows it belongs to the query. */
export const NRPE_OPTIONS = {
  host: text("-H, --host=HOST", "host name or address", { required: true }),
  port: option("-p, --port=PORT", "port number", readPort, { default: 5666 }),
  command: text("-c, --command=COMMAND", "the command that the daemon should run"),
  args: text("-a, --args=LIST", "the command's arguments: all words that follow", { startsCommand: true }),
  timeout: text("-t, --timeout=SECONDS[:STATE]", "how long it may take, and the state then", {
    default: "10",
  }),
  unknownTimeout: flag("-u, --unknown-timeout", "UNKNOWN if there is no connection or no answer in time"),
  v2: flag("-2, --v2-packets-only", "use version 2 packets"),
  v3: flag("-3, --v3-packets-only", "use version 3 packets"),
  family: oneOf<Family, { readonly default: 0 }>(
    { "-4, --ipv4": 4, "-6, --ipv6": 6 },
    "use only this protocol",
    { default: 0 },
  ),
  noTls: flag("-n, --no-ssl", "do not use TLS"),
  anonymousDh: option("-d, --use-adh=0|1|2", "anonymous Diffie-Hellman: never, also, only", readAnonymousDh, {
    default: "also",
  }),
  versions: option("-S, --ssl-version=VERSION", "TLSv1, TLSv1+ … TLSv1.3, TLSv1.3+", readVersions, {
    default: { minVersion: "TLSv1", maxVersion: "TLSv1.3" },
  }),
  ciphers: text("-L, --cipher-list=LIST", "ciphers, as OpenSSL names them", { default: "" }),
  certificate: text("-C, --client-cert=FILE", "the client certificate"),
  key: text("-K, --key-file=FILE", "the key of the client certificate"),
  authority: text("-A, --ca-cert-file=FILE", "the authority that must have signed the server's certificate"),
  stderrToStdout: flag("-E, --stderr-to-stdout", "write all messages to stdout"),
  disableSyslog: flag("-D, --disable-syslog", "do not log to syslog; the worker never does"),
  configFile: leftToPlugin("-f, --config-file=FILE", "a file with more options"),
  bind: leftToPlugin("-b, --bind=ADDRESS", "the address of this machine"),
  payloadSize: leftToPlugin("-P, --payload-size=SIZE", "the size of version 2 packets"),
  tlsLogging: leftToPlugin("-s, --ssl-logging=OPTIONS", "what to log of TLS"),
  logFile: leftToPlugin("-g, --log-file=FILE", "a file to log to"),
  license: leftToPlugin("-l, --license", "show the license"),
  words: words("WORD", "ignored"),
};

export type NrpeOptions = OptionsOf<typeof NRPE_OPTIONS>;

/** The plugin keeps 16 bits. */
function readPort(text: string): number | undefined {
  return atoi(text) & 0xffff || undefined;
}

function readAnonymousDh(text: string): AnonymousDh | undefined {
  if (!/^[0-2]/.test(text)) return undefined;
  const number = atoi(text);
  if (number === 0) return "never";
  return number === 2 ? "only" : "also";
}

/** SSLv3 is left to the plugin: neither OpenSSL has it, but the plugin's does something else in its place. */
function readVersions(text: string): TlsVersions | undefined {
  const [, version, plus] = /^(TLSv1(?:\.[123])?)(\+?)$/.exec(text) ?? [];
  if (version === undefined) return undefined;
  const minVersion = version as TlsVersions["minVersion"];
  return { minVersion, maxVersion: plus === "+" ? "TLSv1.3" : minVersion };
}
