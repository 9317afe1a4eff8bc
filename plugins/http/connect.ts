import type { Socket } from "node:net";
import { createSecureContext, type SecureContextOptions, type TLSSocket } from "node:tls";
import { CheckFailure, CRITICAL, type Resolver } from "../../sdk/index.ts";
import { DialError, dial, resolveHost } from "../transport/dial.ts";
import { readOptionalPem } from "../transport/pem-file.ts";
import { stopwatch, type TargetClock } from "../transport/timing.ts";
import { upgrade } from "../transport/tls.ts";
import { type ContextSettings, contextName, type TlsContexts } from "../transport/tls-contexts.ts";
import type { HttpCommand, TlsOptions } from "./command.ts";
import type { HttpTarget } from "./request.ts";

/** One page to ask for: where, how, and with which client certificate. */
export interface PageRequest {
  readonly target: HttpTarget;
  readonly command: HttpCommand;
  readonly clientCertificate: ClientCertificate;
}

/** The client certificate and its key, in PEM. */
export interface ClientCertificate {
  readonly cert: Buffer | undefined;
  readonly key: Buffer | undefined;
}

export interface ConnectContext {
  readonly resolver: Resolver;
  readonly contexts: TlsContexts;
  readonly clock: TargetClock;
  /** The connection is closed when this is aborted. */
  readonly signal: AbortSignal;
}

/** A connection. Its user destroys both sockets. */
export interface Connected {
  readonly tcp: Socket;
  readonly tls: TLSSocket | undefined;
  /** Seconds. */
  readonly times: { readonly connect: number; readonly tls: number };
}

/**
 * Connects, and starts TLS if the target needs it. Throws a CheckFailure if there is no connection, and a
 * TlsError if the handshake fails.
 */
export async function connect(page: PageRequest, context: ConnectContext): Promise<Connected> {
  const { clock } = context;
  using _place = page.target.usesTls ? await enterHandshake(context) : undefined;
  const connected = stopwatch(clock);
  const tcp = await open(page, context);
  clock.tick();
  const times = { connect: connected(), tls: 0 };
  if (!page.target.usesTls) return { tcp, tls: undefined, times };
  const secured = stopwatch(clock);
  try {
    const tls = await shakeHands(tcp, page, context);
    clock.tick();
    return { tcp, tls, times: { ...times, tls: secured() } };
  } catch (error) {
    tcp.destroy();
    throw error;
  }
}

/** Waits until a handshake may begin. The time does not count: it is not the target's. */
export async function enterHandshake({
  contexts,
  signal,
  clock,
}: Pick<ConnectContext, "contexts" | "signal" | "clock">): Promise<Disposable> {
  clock.tick();
  const place = await contexts.handshakes.enter(signal);
  clock.skip();
  return place;
}

/** Gives the first address of the target's name. Throws as `connect` does. */
export async function findAddress(
  { target, command }: PageRequest,
  context: ConnectContext,
): Promise<string> {
  const { address: host } = target;
  try {
    const [first] = await resolveHost({ host, family: command.family }, context);
    return first?.address ?? "";
  } catch (error) {
    throw toFailure(error);
  }
}

/** A key that is different for handshakes with different settings. It is empty without TLS. */
export function tlsKey({ target, command: { tls }, clientCertificate }: PageRequest): string {
  return target.usesTls
    ? `${contextName(readSettings(tls, clientCertificate))} ${tls.sni ? target.hostName : ""}`
    : "";
}

/**
 * Reads the files of the client certificate. Throws a CheckDeclined if one cannot be read: the plugin
 * complains before it connects, and prints its usage.
 */
export async function readClientCertificate({ certificate, key }: TlsOptions): Promise<ClientCertificate> {
  if (certificate === undefined && key === undefined) return NO_CLIENT_CERTIFICATE;
  return { cert: await readOptionalPem(certificate), key: await readOptionalPem(key) };
}

const NO_CLIENT_CERTIFICATE: ClientCertificate = { cert: undefined, key: undefined };

async function open(
  { target: { address, port }, command }: PageRequest,
  context: ConnectContext,
): Promise<Socket> {
  try {
    return await dial({ host: address, port, family: command.family }, context);
  } catch (error) {
    throw toFailure(error);
  }
}

function toFailure(error: unknown): unknown {
  if (!(error instanceof DialError)) return error;
  return new CheckFailure(`${error.message}\nHTTP CRITICAL - Unable to open TCP socket\n`, CRITICAL);
}

async function shakeHands(
  tcp: Socket,
  { target, command, clientCertificate }: PageRequest,
  context: ConnectContext,
) {
  const { signal, contexts } = context;
  const servername = command.tls.sni ? target.hostName : undefined;
  const settings = readSettings(command.tls, clientCertificate);
  if (settings.cert !== undefined && !contexts.has(settings)) requireClientCertificate(settings);
  return upgrade(tcp, { signal, contexts, servername, ...settings });
}

/** A key without a certificate is not used. */
function readSettings({ versions }: TlsOptions, { cert, key }: ClientCertificate): ContextSettings {
  return cert === undefined ? versions : { ...versions, cert, key };
}

/** Throws the plugin's complaint if OpenSSL does not take the certificate or its key. */
function requireClientCertificate({ cert, key }: ContextSettings): void {
  requireContext({ cert }, "Unable to open certificate chain file!");
  requireContext({ cert, key }, "Private key does not seem to match certificate!");
}

/** The plugin prints two line breaks here. */
function requireContext(options: SecureContextOptions, complaint: string): void {
  try {
    createSecureContext(options);
  } catch (cause) {
    throw new CheckFailure(`CRITICAL - ${complaint}\n\n`, CRITICAL, { cause });
  }
}
