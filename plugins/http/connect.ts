import { readFile } from "node:fs/promises";
import { isIP, type Socket } from "node:net";
import { createSecureContext, type SecureContextOptions, type TLSSocket } from "node:tls";
import { CheckDeclined, CheckFailure, CRITICAL, type Resolver } from "../../sdk/index.ts";
import { DialError, dial, resolveHost } from "../transport/dial.ts";
import { stopwatch } from "../transport/timing.ts";
import { TlsError, upgrade } from "../transport/tls.ts";
import { type ContextSettings, contextName, type TlsContexts } from "../transport/tls-contexts.ts";
import type { HttpCommand, TlsWishes } from "./command.ts";
import type { HttpTarget } from "./request.ts";

/** Whom to connect to, and as whom. */
export interface Door {
  readonly target: HttpTarget;
  readonly command: HttpCommand;
  readonly identity: Identity;
}

/** Our certificate and its key. */
export interface Identity {
  readonly cert: Buffer | undefined;
  readonly key: Buffer | undefined;
}

export interface ConnectContext {
  readonly resolver: Resolver;
  readonly contexts: TlsContexts;
  /** Closes the connection when it is aborted. */
  readonly signal: AbortSignal;
}

/** Whoever has it destroys both sockets. */
export interface Connected {
  readonly tcp: Socket;
  readonly tls: TLSSocket | undefined;
  /** Seconds. */
  readonly times: { readonly connect: number; readonly tls: number };
}

/** Throws a CheckFailure where there is no connection. */
export async function connect(door: Door, context: ConnectContext): Promise<Connected> {
  const connected = stopwatch();
  const tcp = await open(door, context);
  const times = { connect: connected(), tls: 0 };
  if (!door.target.usesTls) return { tcp, tls: undefined, times };
  const secured = stopwatch();
  try {
    const tls = await shakeHands(tcp, door, context);
    return { tcp, tls, times: { ...times, tls: secured() } };
  } catch (error) {
    tcp.destroy();
    throw error;
  }
}

/** The address a name stands for, the first one. Throws as `connect` does. */
export async function findAddress({ target, command }: Door, context: ConnectContext): Promise<string> {
  const { address: host } = target;
  try {
    const [first] = await resolveHost({ host, family: command.family }, context);
    return first?.address ?? "";
  } catch (error) {
    throw toFailure(error);
  }
}

/** All that decides what a handshake comes to, but the address. */
export function tlsName({ target, command: { tls }, identity }: Door): string {
  return target.usesTls
    ? `${contextName(readSettings(tls, identity))} ${tls.sni ? target.hostName : ""}`
    : "";
}

export async function readIdentity({ certificate, key }: TlsWishes): Promise<Identity> {
  if (certificate === undefined && key === undefined) return NOBODY;
  return { cert: await readPem(certificate), key: await readPem(key) };
}

const NOBODY: Identity = { cert: undefined, key: undefined };

async function open({ target: { address, port }, command }: Door, context: ConnectContext): Promise<Socket> {
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

async function shakeHands(tcp: Socket, { target, command, identity }: Door, context: ConnectContext) {
  const { signal, contexts } = context;
  const servername = command.tls.sni ? target.hostName : undefined;
  if (isIP(servername ?? "") !== 0) throw new CheckDeclined("TLS is to name an address");
  const settings = readSettings(command.tls, identity);
  if (settings.cert !== undefined && !contexts.has(settings)) requireIdentity(settings);
  try {
    return await upgrade(tcp, { signal, contexts, servername, ...settings });
  } catch (error) {
    if (!(error instanceof TlsError)) throw error;
    throw new CheckFailure(`${error.message}\n`, CRITICAL);
  }
}

/** A key alone is not used. */
function readSettings({ versions }: TlsWishes, { cert, key }: Identity): ContextSettings {
  const only = versions === "1.2" ? ({ minVersion: "TLSv1.2", maxVersion: "TLSv1.2" } as const) : {};
  return cert === undefined ? only : { ...only, cert, key };
}

function requireIdentity({ cert, key }: ContextSettings): void {
  requireContext({ cert }, "Unable to open certificate chain file!");
  requireContext({ cert, key }, "Private key does not seem to match certificate!");
}

/** Of a file that cannot be read the plugin complains before it connects, and tells its usage. */
async function readPem(file: string | undefined): Promise<Buffer | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readFile(Buffer.from(file, "latin1"));
  } catch (cause) {
    throw new CheckDeclined("a file of certificate or key cannot be read", { cause });
  }
}

/** The plugin prints one line break more than it should. */
function requireContext(options: SecureContextOptions, complaint: string): void {
  try {
    createSecureContext(options);
  } catch (cause) {
    throw new CheckFailure(`CRITICAL - ${complaint}\n\n`, CRITICAL, { cause });
  }
}
