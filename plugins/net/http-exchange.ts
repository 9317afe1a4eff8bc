import { readFile } from "node:fs/promises";
import { isIP, type Socket } from "node:net";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import { CheckDeclined, CheckFailure, CRITICAL, OK, type State } from "../sdk/index.ts";
import { judgeCertificate, readCertificate } from "./certificate.ts";
import { DialError, dial } from "./dial.ts";
import type { HttpCommand, TlsWishes } from "./http-command.ts";
import { findHeaderEnd, type HttpPage, readPage } from "./http-page.ts";
import { type HttpTarget, renderRequest } from "./http-request.ts";
import { StreamPeer } from "./peer.ts";
import type { Resolver } from "./resolve.ts";
import { TlsError, upgrade } from "./tls.ts";

/** Seconds of each step. */
export interface Times {
  readonly connect: number;
  readonly tls: number;
  readonly headers: number;
  readonly firstByte: number;
  readonly transfer: number;
}

/** A page, or where nobody asked for it, what the certificate is worth. */
export type Exchange =
  | { readonly kind: "certificate"; readonly state: State }
  | { readonly kind: "page"; readonly page: HttpPage; readonly state: State; readonly times: Times };

export interface ExchangeContext {
  readonly resolver: Resolver;
  readonly signal: AbortSignal;
  /** What the plugin prints on its way stands before whatever it says in the end. */
  readonly print: (text: string) => void;
}

/** One connection: connect, ask, read until the server closes it. Throws a CheckFailure where that ends before there is a page. */
export async function exchange(
  target: HttpTarget,
  command: HttpCommand,
  context: ExchangeContext,
): Promise<Exchange> {
  const identity = await readIdentity(command.tls);
  const connected = stopwatch();
  const socket = await open(target, command, context);
  const connect = connected();
  try {
    if (!target.usesTls) return await ask(socket, { target, command, times: { connect, tls: 0 }, state: OK });
    return await askOverTls(socket, { target, command, identity, connect, context });
  } finally {
    socket.destroy();
  }
}

async function open(
  { address, port }: HttpTarget,
  { family }: HttpCommand,
  { resolver, signal }: ExchangeContext,
): Promise<Socket> {
  try {
    return await dial({ host: address, port, family }, { resolver, signal });
  } catch (error) {
    if (!(error instanceof DialError)) throw error;
    throw new CheckFailure(`${error.message}\nHTTP CRITICAL - Unable to open TCP socket\n`, CRITICAL);
  }
}

/** Our certificate and its key. */
interface Identity {
  readonly cert: Buffer | undefined;
  readonly key: Buffer | undefined;
}

interface TlsExchange {
  readonly target: HttpTarget;
  readonly command: HttpCommand;
  readonly identity: Identity;
  readonly connect: number;
  readonly context: ExchangeContext;
}

async function askOverTls(socket: Socket, met: TlsExchange): Promise<Exchange> {
  const { target, command, connect, context } = met;
  const { expiry, continues } = command.tls;
  const secured = stopwatch();
  const secure = await shakeHands(socket, met);
  const times = { connect, tls: secured() };
  try {
    const certificate = expiry && judgeCertificate(readCertificate(secure), expiry);
    if (certificate === undefined) return await ask(secure, { target, command, times, state: OK });
    const { state, text } = certificate;
    context.print(text);
    return continues ? await ask(secure, { target, command, times, state }) : { kind: "certificate", state };
  } finally {
    secure.destroy();
  }
}

async function shakeHands(socket: Socket, { target, command, identity, context }: TlsExchange) {
  const { sni, versions } = command.tls;
  const servername = sni ? target.hostName : undefined;
  if (isIP(servername ?? "") !== 0) throw new CheckDeclined("TLS is to name an address");
  const only = versions === "1.2" ? ({ minVersion: "TLSv1.2", maxVersion: "TLSv1.2" } as const) : {};
  try {
    return await upgrade(socket, { signal: context.signal, servername, ...only, ...readyIdentity(identity) });
  } catch (error) {
    if (!(error instanceof TlsError)) throw error;
    throw new CheckFailure(`${error.message}\n`, CRITICAL);
  }
}

/** A key alone is not used. */
function readyIdentity({ cert, key }: Identity): Partial<Identity> {
  if (cert === undefined) return {};
  requireContext({ cert }, "Unable to open certificate chain file!");
  requireContext({ cert, key }, "Private key does not seem to match certificate!");
  return { cert, key };
}

async function readIdentity({ certificate, key }: TlsWishes): Promise<Identity> {
  return { cert: await readPem(certificate), key: await readPem(key) };
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

interface Question {
  readonly target: HttpTarget;
  readonly command: HttpCommand;
  readonly times: Pick<Times, "connect" | "tls">;
  readonly state: State;
}

async function ask(socket: Socket, { target, command, times, state }: Question): Promise<Exchange> {
  let isBroken = false;
  socket.once("error", (error) => {
    isBroken = !isReset(error);
  });
  using peer = new StreamPeer(socket, { hasRecords: target.usesTls });
  const sent = stopwatch();
  peer.send(renderRequest(target, command.request));
  const headers = sent();
  const { text, behind, size, isCut, ...received } = await receive(peer, command.expectations.stopsAtHeader);
  if (isBroken) throw new CheckFailure("HTTP CRITICAL - Error on receive\n", CRITICAL);
  if (size === 0) throw new CheckFailure("HTTP CRITICAL - No data received from host\n", CRITICAL);
  const message = readPage(text, behind);
  const page = { ...message, size, isCut: isCut || message.isCut };
  return { kind: "page", page, state, times: { ...times, headers, ...received } };
}

/** To the plugin a reset is an end like any other. */
function isReset(error: Error): boolean {
  return "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");
}

/** What the plugin reads at once: where it stops at the header, this decides what it counts. */
const BUFFER = 8_191;

/** More of a page is counted, not kept; the plugin would keep all. */
const MOST_KEPT = 8 * 1_024 * 1_024;

interface Received {
  readonly text: string;
  /** What has come with the end of the header, where that is all that is wanted. */
  readonly behind: string;
  readonly size: number;
  readonly isCut: boolean;
  readonly firstByte: number;
  readonly transfer: number;
}

async function receive(peer: StreamPeer, stopsAtHeader: boolean): Promise<Received> {
  const elapsed = stopwatch();
  let text = "";
  let size = 0;
  let firstByte = 0;
  for (let last = ""; ; ) {
    const part = (await peer.receive(BUFFER)).replaceAll("\0", " ");
    if (part === "") break;
    if (size === 0) firstByte = elapsed();
    if (text.length < MOST_KEPT) text += part;
    size += part.length;
    const end = stopsAtHeader ? findHeaderEnd(last + part) : -1;
    last = (last + part).slice(end < 0 ? -2 : end);
    if (end < 0) continue;
    const behind = last.slice(1);
    return {
      text: text.slice(0, size - last.length),
      behind,
      size,
      isCut: false,
      firstByte,
      transfer: elapsed(),
    };
  }
  return { text, behind: "", size, isCut: size > text.length, firstByte, transfer: elapsed() };
}

/** Seconds since now, in whole microseconds as the plugin counts them. */
export function stopwatch(): () => number {
  const begin = performance.now();
  return () => Math.trunc((performance.now() - begin) * 1_000) / 1_000_000;
}
