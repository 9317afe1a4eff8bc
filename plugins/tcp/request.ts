import type { Family, State } from "../../sdk/index.ts";
import { createOptionsReader, type GivenText } from "../../sdk/read-options.ts";
import type { ExpiryLimits } from "../transport/certificate.ts";
import { wirePort } from "../transport/dial.ts";
import { isPlainHost } from "../transport/host.ts";
import { TCP_OPTIONS, type TcpOptions } from "./options.ts";
import type { Expected } from "./reply.ts";

/** One of the plugin's names, and its defaults when it is called by this name. */
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

/** A command line that was understood. Times are in seconds. */
export interface TcpRequest {
  readonly service: string;
  readonly transport: "tcp" | "udp";
  /** A host name, an address, or the path of a Unix socket. */
  readonly address: string;
  /** True: the answer names the host. The plugin does so only if `-H` gave it. */
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

const readOptions = createOptionsReader(TCP_OPTIONS, {
  words: "around",
  rewrites: { "-to": "-t", "-wt": "-w", "-ct": "-c" },
});

const DEFAULT_ADDRESS = "127.0.0.1";
/** The size of a Unix socket's path in the kernel, with the NUL at its end. */
const MAX_PATH = 108;

/** Reads a command line. Undefined: the plugin has to answer it. */
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
    port,
    family,
    timeout,
    warning,
    critical,
    delay,
    refused,
    mismatch,
    servername,
    expiry,
    send: sent.send ?? service.send,
    quit: sent.quit ?? service.quit,
    expected: readExpected(options, service),
    hidesReply: options.jail || service.hidesReply === true,
    usesTls: options.tls || service.usesTls === true || servername !== undefined || expiry !== undefined,
  };
}

/**
 * A `-e` replaces the text of a service that has one, and is added to the texts of a service that has
 * several.
 */
function readExpected({ expect, all, maximum }: TcpOptions, { expect: own = [] }: Service): Expected {
  const texts = expect.length > 0 && own.length < 2 ? expect : [...own, ...expect];
  return { texts, isExact: expect.length === 0, isAll: all, maximum };
}

/** Whether this process is sure to do the same as the plugin. */
function isSure({ address, transport, port, usesTls, servername, send, expected }: TcpRequest): boolean {
  if (!(address.startsWith("/") ? isPlainPath(address) : address === "" || isPlainHost(address)))
    return false;
  if (servername !== undefined && !SERVERNAME.test(servername)) return false;
  if (transport === "tcp") return true;
  return send !== undefined && expected.texts.length > 0 && !usesTls && wirePort(port) !== 0;
}

/** Node would encode bytes beyond ASCII again, as UTF-8. */
function isPlainPath(path: string): boolean {
  return path.length < MAX_PATH && /^[\x20-\x7e]*$/.test(path);
}

/** OpenSSL sends any name that is not too long. Of an empty one it sends nothing, but TLS is used. */
const SERVERNAME = /^[!-~]{0,255}$/;

interface Sent {
  readonly send: string | undefined;
  readonly quit: string | undefined;
}

/**
 * Reads `-s` and `-q`. `-E` holds for those after it. Undefined if such a text ends with a backslash: the
 * plugin reads beyond its end.
 */
function readSent(given: readonly GivenText[]): Sent | undefined {
  const escaped = given.findIndex(({ name }) => name === "escape");
  const read = (name: "send" | "quit", end: string) => {
    const at = given.findLastIndex((each) => each.name === name);
    const value = given[at]?.text;
    if (value === undefined) return undefined;
    return escaped >= 0 && escaped < at ? readEscapes(value) : value + end;
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
