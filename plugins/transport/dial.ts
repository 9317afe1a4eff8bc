import { connect, type NetConnectOpts, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { CRITICAL, type Family, ResolveError, type Resolver, type State, UNKNOWN } from "../../sdk/index.ts";
import { errnoName, errnoText } from "../libc/errno.ts";

/** Where to: a host and a port as the operator wrote them, or the path of a Unix socket. */
export type Target =
  | { readonly host: string; readonly port: number; readonly family?: Family | undefined }
  | { readonly path: string };

export interface DialContext {
  readonly resolver: Resolver;
  /** Destroys the socket when it is aborted, connected or not. */
  readonly signal: AbortSignal;
}

/** No connection. The message is the line all plugins print, `state` what they make of it where they do not decide otherwise. */
export class DialError extends Error {
  override readonly name = "DialError";
  /** Not resolved, no socket of this family here, or not connected. */
  readonly step: "resolve" | "socket" | "connect";
  readonly state: State;

  constructor(step: DialError["step"], text: string) {
    super(text);
    this.step = step;
    this.state = step === "connect" ? CRITICAL : UNKNOWN;
  }
}

/**
 * Connects as the plugins' np_net_connect does: the addresses one after the other, each for as long as the kernel tries. The socket
 * stays open when the other side has closed its half; whoever has it destroys it. It may be destroyed already, where the other side
 * has reset it at once: to read it is to be at the end.
 *
 * Rejects with a DialError, or with the signal's reason.
 */
export async function dial(target: Target, { resolver, signal }: DialContext): Promise<Socket> {
  if ("path" in target) return dialPath(target.path, signal);
  let code = "";
  for (const { address, family } of await resolveTarget(target, { resolver, signal })) {
    try {
      return await open(
        { host: address, port: wirePort(target.port), family, autoSelectFamily: false },
        signal,
      );
    } catch (error) {
      signal.throwIfAborted();
      code = errnoName(error);
      if (code === "EAFNOSUPPORT") throw new DialError("socket", "Socket creation failed");
    }
  }
  throw new DialError("connect", connectFailure(target.host, target.port, code));
}

/** Addresses for np_net_connect, which takes an IPv6 address in brackets too. */
export async function resolveTarget(
  { host, family = 0 }: { readonly host: string; readonly family?: Family | undefined },
  { resolver, signal }: DialContext,
) {
  try {
    return await resolver.resolve(isBracketed(host) ? host.slice(1, -1) : host, family, signal);
  } catch (error) {
    throw error instanceof ResolveError ? new DialError("resolve", error.message) : error;
  }
}

/** The plugins' own line; of an address in brackets they lose the first one only. */
export function connectFailure(host: string, port: number, code: string): string {
  return `connect to address ${isBracketed(host) ? host.slice(1) : host} and port ${port}: ${errnoText(code)}`;
}

/** The plugins keep five digits of a port, getaddrinfo 16 bits. */
export function wirePort(port: number): number {
  return Number(String(port).slice(0, 5)) & 0xffff;
}

function isBracketed(host: string): boolean {
  return host.startsWith("[") && host.endsWith("]") && host.length >= 2;
}

/** A listener with too many waiting is retried: the plugin's connect blocks where Node's says EAGAIN. */
async function dialPath(path: string, signal: AbortSignal): Promise<Socket> {
  for (;;) {
    try {
      return await open({ path }, signal);
    } catch (error) {
      signal.throwIfAborted();
      const code = errnoName(error);
      if (code !== "EAGAIN")
        throw new DialError("connect", `connect to file socket ${path}: ${errnoText(code)}`);
      await pause(RETRY_MS, undefined, { signal });
    }
  }
}

const RETRY_MS = 50;

async function open(options: NetConnectOpts, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
  const socket = connect({ ...options, allowHalfOpen: true }).pause();
  try {
    return await whenConnected(socket, signal);
  } catch (error) {
    if (isBroken(error)) return socket;
    throw error;
  }
}

/** Connected, and reset before Node looked: a plugin's connect has succeeded by then, and what it reads next is the end. */
function isBroken(error: unknown): boolean {
  return errnoName(error) === "ECONNRESET";
}

/**
 * Gives the socket when it is connected. When the signal is aborted the socket is destroyed, connected or not.
 * Rejects with the socket's error, or with the signal's reason.
 */
export function whenConnected(socket: Socket, signal: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  destroyOnAbort(socket, signal, reject);
  socket.once("connect", () => resolve(socket));
  // The listener stays when the socket is connected: whoever reads sees the end, nobody an uncaught error.
  socket.on("error", reject);
  return promise;
}

/** Until the socket is closed. */
export function destroyOnAbort(socket: Socket, signal: AbortSignal, reject: (reason: unknown) => void): void {
  const destroy = () => {
    reject(signal.reason);
    socket.destroy();
  };
  signal.addEventListener("abort", destroy, { once: true });
  socket.once("close", () => signal.removeEventListener("abort", destroy));
}
