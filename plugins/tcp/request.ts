import { isIP } from "node:net";
import {
  type Family,
  flag,
  integer,
  leftToPlugin,
  list,
  number,
  type OptionsOf,
  option,
  type State,
  seconds,
  text,
  words,
} from "../../sdk/index.ts";
import { createOptionsReader, type GivenText } from "../../sdk/read-options.ts";
import { atoi, isIntNonNeg, strtol } from "../libc/number.ts";
import type { ExpiryLimits } from "../transport/certificate.ts";
import { wirePort } from "../transport/dial.ts";
import { family, isPlainHost } from "../transport/host.ts";
import type { Expected } from "./reply.ts";

/** What the plugin does of its own accord when it is called by this name. */
export interface Service {
  readonly name: string;
  readonly transport?: "udp";
  readonly port?: number;
  readonly send?: string;
  readonly expect?: readonly string[];
  readonly quit?: string;
  readonly usesTls?: true;
  readonly hidesReply?: true;
}

/** A command line, understood. */
export interface TcpRequest {
  readonly service: string;
  readonly transport: "tcp" | "udp";
  /** A host, or the path of a Unix socket. */
  readonly address: string;
  /** It is named in the answer only if it was given with `-H`. */
  readonly isNamed: boolean;
  readonly port: number;
  readonly family: Family;
  readonly timeout: number;
  readonly warning: number | undefined;
  readonly critical: number | undefined;
  readonly send: string | undefined;
  readonly expected: Expected;
  readonly quit: string | undefined;
  readonly delay: number;
  readonly hidesReply: boolean;
  readonly refused: State;
  readonly mismatch: State;
  readonly usesTls: boolean;
  readonly servername: string | undefined;
  readonly expiry: ExpiryLimits | undefined;
}

export const TCP_OPTIONS = {
  hostname: text("-H, --hostname=ADDRESS", "host name, address or path of a Unix socket"),
  port: integer("-p, --port=PORT", "port number", { min: 1 }),
  family,
  escape: flag("-E, --escape", "\\n, \\r, \\t and \\\\ in what follows: --send, --quit"),
  send: text("-s, --send=STRING", "what to send"),
  expect: list(text("-e, --expect=STRING", "what the reply must hold")),
  all: flag("-A, --all", "all of the expected strings, not just one"),
  quit: text("-q, --quit=STRING", "what to send before the connection is closed"),
  refused: option("-r, --refuse=STATE", "the state when refused: ok, warn, crit", readWord, { default: 2 }),
  mismatch: option("-M, --mismatch=STATE", "the state of another reply: ok, warn, crit", readWord, {
    default: 1,
  }),
  jail: flag("-j, --jail", "do not show the reply"),
  maximum: option("-m, --maxbytes=INTEGER", "stop after this many bytes", readMaximum, { default: 0 }),
  delay: integer("-d, --delay=SECONDS", "how long to wait between sending and reading", { min: 1 }),
  expiry: option(
    "-D, --certificate=DAYS[,DAYS]",
    "days a certificate must be valid: warning, critical",
    readExpiry,
  ),
  tls: flag("-S, --ssl", "use TLS"),
  servername: text("--sni=STRING", "use TLS, with this server name"),
  warning: number("-w, --warning=SECONDS", "response time that is a warning", { lenient: true }),
  critical: number("-c, --critical=SECONDS", "response time that is critical", { lenient: true }),
  timeout: seconds("-t, --timeout=SECONDS", "how long it may take", { default: 10 }),
  verbose: leftToPlugin("-v, --verbose", "show what goes on"),
  criticalCodes: leftToPlugin("-C, --critical-codes=STRING", "not used"),
  warningCodes: leftToPlugin("-W, --warning-codes=STRING", "not used"),
  protocol: leftToPlugin("--protocol=STRING", "not used"),
  words: words("ADDRESS", "the same as --hostname", { max: 1 }),
};

type TcpOptions = OptionsOf<typeof TCP_OPTIONS>;

const readOptions = createOptionsReader(TCP_OPTIONS, {
  words: "around",
  rewrites: { "-to": "-t", "-wt": "-w", "-ct": "-c" },
});

const DEFAULT_ADDRESS = "127.0.0.1";
/** Of a Unix socket's path, its end included. */
const LONGEST_PATH = 108;

/** Undefined: the plugin has to answer. */
export function readTcpRequest(argv: readonly string[], service: Service): TcpRequest | undefined {
  const read = readOptions(argv);
  if (read === undefined || argv.length === 0) return undefined;
  const { options, given } = read;
  const sent = readSent(given);
  const request = sent && fill(options, sent, service);
  return request && isSure(request) ? request : undefined;
}

function fill(options: TcpOptions, sent: Sent, service: Service): TcpRequest {
  const { hostname, port = service.port ?? 0, family, timeout, warning, critical } = options;
  const { delay = 0, refused, mismatch, servername, expiry } = options;
  return {
    service: service.name.slice("check_".length).toUpperCase(),
    transport: service.transport ?? "tcp",
    address: hostname ?? options.words[0] ?? DEFAULT_ADDRESS,
    isNamed: hostname !== undefined,
    ...{ port, family, timeout, warning, critical, delay, refused, mismatch, servername, expiry },
    send: sent.send ?? service.send,
    quit: sent.quit ?? service.quit,
    expected: readExpected(options, service),
    hidesReply: options.jail || service.hidesReply === true,
    usesTls: options.tls || service.usesTls === true || servername !== undefined || expiry !== undefined,
  };
}

/** Several texts of a service's own stay beside those asked for; a single one gives way. */
function readExpected({ expect, all, maximum }: TcpOptions, { expect: own = [] }: Service): Expected {
  const texts = expect.length > 0 && own.length < 2 ? expect : [...own, ...expect];
  return { texts, isExact: expect.length === 0, isAll: all, maximum };
}

function isSure({ address, transport, port, usesTls, servername, send, expected }: TcpRequest): boolean {
  if (!(address.startsWith("/") ? isPlainPath(address) : isPlainHost(address))) return false;
  if (servername !== undefined && !isServername(servername)) return false;
  if (transport === "tcp") return true;
  return send !== undefined && expected.texts.length > 0 && !usesTls && wirePort(port) !== 0;
}

/** Node would write other bytes than ASCII anew. */
function isPlainPath(path: string): boolean {
  return path.length < LONGEST_PATH && /^[\x20-\x7e]*$/.test(path);
}

/** Node sends no address as a name without a warning. */
function isServername(name: string): boolean {
  return /^[A-Za-z0-9._-]+$/.test(name) && isIP(name) === 0;
}

interface Sent {
  readonly send: string | undefined;
  readonly quit: string | undefined;
}

/** `--escape` counts for what comes after it. A backslash at the very end makes the plugin read past its string. */
function readSent(given: readonly GivenText[]): Sent | undefined {
  const escaped = given.findIndex(({ name }) => name === "escape");
  const read = (name: "send" | "quit", end: string) => {
    const at = given.findLastIndex((each) => each.name === name);
    const value = given[at]?.text;
    return value !== undefined && escaped >= 0 && escaped < at ? readEscapes(value) : value && value + end;
  };
  const texts = given.filter(({ name }) => name === "send" || name === "quit");
  const isOdd = ({ text = "" }: GivenText) => /(?<!\\)(?:\\\\)*\\$/.test(text);
  if (escaped >= 0 && texts.some(isOdd)) return undefined;
  return { send: read("send", ""), quit: read("quit", "\r\n") };
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

function readEscapes(text: string): string {
  return text.replace(/\\(.)/gs, (_, letter: string) => ESCAPES[letter] ?? letter);
}

function readWord(word: string): State | undefined {
  if (word.startsWith("ok")) return 0;
  if (word.startsWith("warn")) return 1;
  return word.startsWith("crit") ? 2 : undefined;
}

/** The plugin checks a decimal number, and then reads an octal one where it begins with a zero. */
function readMaximum(text: string): number | undefined {
  return isIntNonNeg(text) && atoi(text) > 0 ? Number(strtol(text, 0).value) : undefined;
}

function readExpiry(text: string): ExpiryLimits | undefined {
  const comma = text.indexOf(",");
  const [warning, critical] = comma < 0 ? [text, "0"] : [text.slice(0, comma), text.slice(comma + 1)];
  if (!isIntNonNeg(warning) || !isIntNonNeg(critical)) return undefined;
  return { warning: atoi(warning), critical: atoi(critical) };
}
