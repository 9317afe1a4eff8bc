import { connect, type NetConnectOpts, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { whenAborted } from "../../sdk/deadline.ts";
import { CRITICAL, type Family, ResolveError, type Resolver, type State, UNKNOWN } from "../../sdk/index.ts";
import { errnoName, errnoText } from "../libc/errno.ts";
import { declineIfOutOfFiles, declineIfShort } from "./shortage.ts";
import type { TargetClock } from "./timing.ts";

/** What to connect to: a host and a port as the operator wrote them, or the path of a Unix socket. */
export type Endpoint =
  | { readonly host: string; readonly port: number; readonly family?: Family | undefined }
  | { readonly path: string };

export interface DialContext {
  readonly resolver: Resolver;
  /** Is told what the lookup of a name took. */
  readonly clock?: TargetClock;
  /** The socket is destroyed when this is aborted, whether it is connected or not. */
  readonly signal: AbortSignal;
}

/**
 * There is no connection. The message is the line that all plugins print, and `state` is the state of most of
 * them.
 */
export class DialError extends Error {
  override readonly name = "DialError";
  /**
   * The step that failed: the host has no address, this machine has no such sockets, or no connection was
   * made.
   */
  readonly step: "resolve" | "socket" | "connect";
  readonly state: State;

  constructor(step: DialError["step"], text: string, options?: ErrorOptions) {
    super(text, options);
    this.step = step;
    this.state = step === "connect" ? CRITICAL : UNKNOWN;
  }
}

/**
 * Connects as np_net_connect of the plugins does: to one address after the other, each for as long as the
 * kernel tries.
 *
 * The caller destroys the socket. It stays open when the other side has closed its half. If the other side
 * has reset the connection at once, the socket is destroyed already and `errored`.
 *
 * Rejects with a DialError, or with the signal's reason. Declines if this machine is short of what a socket
 * needs.
 */
export async function dial(endpoint: Endpoint, context: DialContext): Promise<Socket> {
  const { signal } = context;
  if ("path" in endpoint) return dialPath(endpoint.path, signal);
  return dialFirst({ ...endpoint, addresses: await resolveHost(endpoint, context) }, signal);
}

/** A host whose addresses are known, in the order in which they are tried. */
export interface FoundHost {
  readonly host: string;
  readonly port: number;
  readonly addresses: readonly { readonly address: string; readonly family: number }[];
}

/** The same for a host whose addresses were looked up. */
export async function dialFirst({ host, port, addresses }: FoundHost, signal: AbortSignal): Promise<Socket> {
  let failure: unknown;
  for (const { address, family } of addresses) {
    try {
      return await openSocket(
        { host: address, port: wirePort(port), family, autoSelectFamily: false },
        signal,
      );
    } catch (error) {
      signal.throwIfAborted();
      failure = error;
      if (errnoName(error) === "EAFNOSUPPORT") throw new DialError("socket", "Socket creation failed");
    }
  }
  declineIfShort(failure);
  throw new DialError("connect", connectFailure(host, port, errnoName(failure)), { cause: failure });
}

/**
 * Gives the addresses to connect to. An IPv6 address may stand in brackets, as for np_net_connect. Rejects
 * with a DialError, or with the signal's reason.
 */
export async function resolveHost(
  { host, family = 0 }: { readonly host: string; readonly family?: Family | undefined },
  { resolver, signal, clock }: DialContext,
) {
  const onTook = (ms: number) => clock?.waited(ms);
  try {
    return await resolver.resolve(withoutBrackets(host), family, signal, { onTook });
  } catch (error) {
    if (!(error instanceof ResolveError)) throw error;
    declineIfOutOfFiles();
    throw new DialError("resolve", error.message);
  }
}

/**
 * The plugins' line about a failed connection. Of an address in brackets they remove only the opening
 * bracket.
 */
export function connectFailure(host: string, port: number, code: string): string {
  return `connect to address ${isBracketed(host) ? host.slice(1) : host} and port ${port}: ${errnoText(code)}`;
}

/**
 * The port that a plugin really connects to: it keeps five digits of the number, and getaddrinfo keeps 16
 * bits.
 */
export function wirePort(port: number): number {
  return Number(String(port).slice(0, 5)) & 0xffff;
}

/** An IPv6 address may stand in brackets. */
export function withoutBrackets(host: string): string {
  return isBracketed(host) ? host.slice(1, -1) : host;
}

function isBracketed(host: string): boolean {
  return host.startsWith("[") && host.endsWith("]") && host.length >= 2;
}

/**
 * Tries again while the listener's queue is full: the plugin's connect blocks then, but Node's fails with
 * EAGAIN.
 */
async function dialPath(path: string, signal: AbortSignal): Promise<Socket> {
  for (;;) {
    try {
      return await openSocket({ path }, signal);
    } catch (error) {
      signal.throwIfAborted();
      declineIfShort(error);
      const code = errnoName(error);
      if (code !== "EAGAIN")
        throw new DialError("connect", `connect to file socket ${path}: ${errnoText(code)}`);
      await pause(RETRY_MS, undefined, { signal });
    }
  }
}

const RETRY_MS = 50;

/** Connects to one address. Rejects with the error of the socket, or with the signal's reason. */
export async function openSocket(options: NetConnectOpts, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
  const socket = connect({ ...options, allowHalfOpen: true }).pause();
  try {
    return await whenConnected(socket, signal);
  } catch (error) {
    if (isBroken(error)) return socket;
    throw error;
  }
}

/**
 * The connection was made and reset before Node looked. A plugin's connect succeeds then, and it reads what
 * the server has sent before the reset.
 */
function isBroken(error: unknown): boolean {
  return errnoName(error) === "ECONNRESET";
}

/**
 * Gives the socket when it is connected. When the signal is aborted the socket is destroyed, connected or
 * not. Rejects with the socket's error, or with the signal's reason.
 */
export function whenConnected(socket: Socket, signal: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  destroyOnAbort(socket, signal, reject);
  socket.once("connect", () => resolve(socket));
  // The listener stays after the connect, so that a later error is not uncaught. A reader sees the end of the
  // stream.
  socket.on("error", reject);
  return promise;
}

/**
 * Destroys the socket, and rejects with the signal's reason, if the signal is aborted before the socket is
 * closed.
 */
export function destroyOnAbort(socket: Socket, signal: AbortSignal, reject: (reason: unknown) => void): void {
  const destroying = whenAborted(signal, () => {
    reject(signal.reason);
    socket.destroy();
  });
  socket.once("close", () => destroying[Symbol.dispose]());
}
