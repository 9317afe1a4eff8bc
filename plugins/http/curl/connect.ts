import { isIP, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { CheckDeclined, CheckFailure, CRITICAL, type Resolver } from "../../../sdk/index.ts";
import { errnoName } from "../../libc/errno.ts";
import { DialError, dialFirst } from "../../transport/dial.ts";
import type { TargetClock } from "../../transport/timing.ts";
import { TlsError, upgrade } from "../../transport/tls.ts";
import type { TlsContexts } from "../../transport/tls-contexts.ts";
import type { HttpCommand } from "../command.ts";
import { enterHandshake } from "../connect.ts";
import type { HttpTarget } from "../request.ts";
import { listAddresses } from "./addresses.ts";
import { curlFailure } from "./answer.ts";
import type { Http2Servers } from "./http2-servers.ts";

/** How far a request has come, for the text of a time-out. The handshake is a part of connecting. */
export interface Stage {
  stage: "resolving" | "connecting" | "asking";
}

export interface CurlConnectContext {
  readonly resolver: Resolver;
  readonly contexts: TlsContexts;
  readonly http2Servers: Http2Servers;
  readonly clock: TargetClock;
  readonly signal: AbortSignal;
  readonly progress: Stage;
}

/** A connection. Its user destroys both sockets. */
export interface CurlConnection {
  readonly tcp: Socket;
  readonly tls: TLSSocket | undefined;
}

/** Connects, with TLS if the target needs it. Throws a CheckFailure, or a CheckDeclined. */
export async function connectAsCurl(
  command: HttpCommand,
  context: CurlConnectContext,
): Promise<CurlConnection> {
  const { target } = command;
  if (!target.usesTls) return { tcp: await open(command, context), tls: undefined };
  context.http2Servers.throwIfKnown(target);
  using _place = await enterHandshake(context);
  const tcp = await open(command, context);
  try {
    return { tcp, tls: await secure(tcp, command, context) };
  } catch (error) {
    tcp.destroy();
    throw error;
  }
}

/** The host of the URL that libcurl is given, which it names in the handshake. */
function hostOfUrl({ address, hostName, usesTls }: HttpTarget): string {
  return usesTls ? (hostName ?? address) : address;
}

async function open(command: HttpCommand, context: CurlConnectContext): Promise<Socket> {
  const { target } = command;
  const { clock, signal, progress } = context;
  const begin = performance.now();
  try {
    const addresses = await listAddresses(command, context);
    progress.stage = "connecting";
    if (addresses.length === 0) throw curlFailure(target, 7, "Couldn't connect to server");
    const socket = await dialFirst({ host: target.address, port: target.port, addresses }, signal);
    clock.tick();
    return socket;
  } catch (error) {
    if (!(error instanceof DialError)) throw error;
    if (error.step === "resolve") throw toLookupFailure(target, error);
    if (error.step !== "connect" || errnoName(error.cause) !== "ECONNREFUSED")
      throw new CheckDeclined("only libcurl knows what it says of this failure", { cause: error });
    const after = Math.trunc(performance.now() - begin);
    const place = `${hostOfUrl(target)} port ${target.port}`;
    const text = `Failed to connect to ${place} after ${after} ms: Couldn't connect to server`;
    throw curlFailure(target, 7, text);
  }
}

/** The numbers that getaddrinfo returns. */
const LOOKUP_ERRORS: Readonly<Record<string, number>> = {
  "Name or service not known": -2,
  "Temporary failure in name resolution": -3,
  "No address associated with hostname": -5,
  "Address family for hostname not supported": -9,
};

function toLookupFailure(target: HttpTarget, { message, cause }: DialError): Error {
  const { address, hostName, usesTls } = target;
  if (!usesTls || hostName === undefined) return curlFailure(target, 6, `Could not resolve host: ${address}`);
  const number = LOOKUP_ERRORS[message];
  if (number === undefined)
    return new CheckDeclined("only the plugin knows what it says of this failure", { cause });
  const start = `HTTP CRITICAL - Unable to lookup IP address for '${address}'`;
  return new CheckFailure(`${start}: getaddrinfo returned ${number} - ${message}\n`, CRITICAL);
}

/** libcurl's own order of protocols. */
const PROTOCOLS = ["h2", "http/1.1"];

async function secure(
  tcp: Socket,
  { target, tls: { versions } }: HttpCommand,
  context: CurlConnectContext,
): Promise<TLSSocket> {
  const { clock, signal, contexts, http2Servers } = context;
  const host = hostOfUrl(target);
  const servername = isIP(host) === 0 ? host.toLowerCase() : undefined;
  try {
    const tls = await upgrade(tcp, { ...versions, servername, protocols: PROTOCOLS, signal, contexts });
    clock.tick();
    if (tls.alpnProtocol !== "h2") return tls;
    tls.destroy();
    throw http2Servers.remember(target);
  } catch (error) {
    throw error instanceof TlsError ? toHandshakeFailure(target, error) : error;
  }
}

/** libcurl puts the version of its OpenSSL into the text, which is the plugin's. */
function toHandshakeFailure(target: HttpTarget, error: TlsError): CheckDeclined {
  const [, number = "", reason = ""] = /:error:([0-9A-F]{8}):[^:]*:[^:]*:([^:]*):/.exec(error.message) ?? [];
  const place = `${hostOfUrl(target)}:${target.port}`;
  const text =
    number === ""
      ? `OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to ${place} `
      : `error:${number}:SSL routines::${reason}`;
  const otherwise = curlFailure(target, 35, text);
  return new CheckDeclined("the TLS handshake failed", { cause: error, otherwise });
}
