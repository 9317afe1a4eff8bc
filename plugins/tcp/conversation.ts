import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { type CheckOutput, CRITICAL, OK } from "../../sdk/index.ts";
import { judgeCertificate, readCertificate } from "../transport/certificate.ts";
import { dialUdp } from "../transport/datagram.ts";
import { type DialContext, dial } from "../transport/dial.ts";
import { type Peer, StreamPeer } from "../transport/peer.ts";
import { upgrade } from "../transport/tls.ts";
import type { TlsContexts } from "../transport/tls-contexts.ts";
import { renderAnswer } from "./answer.ts";
import { NO_REPLY_EXPECTED, readReply } from "./reply.ts";
import type { TcpRequest } from "./request.ts";

/** One run of the check, with what it needs. */
export interface Conversation extends DialContext {
  readonly request: TcpRequest;
  /** Texts that come before every answer, also before a time-out's: the plugin has printed them already. */
  readonly printed: string[];
  readonly contexts: TlsContexts;
}

/** Connects, sends, reads and judges. Rejects with a DialError, a TlsError or the signal's reason. */
export async function converse(conversation: Conversation): Promise<CheckOutput> {
  const { address, port, family, transport, usesTls } = conversation.request;
  const begin = performance.now();
  const isPath = address.startsWith("/");
  if (transport === "udp" && !isPath) {
    using peer = await dialUdp({ host: address, port, family }, conversation);
    return await ask(peer, conversation, begin);
  }
  const socket = await dial(isPath ? { path: address } : { host: address, port, family }, conversation);
  try {
    if (usesTls) return await askOverTls(socket, conversation, begin);
    return await ask(new StreamPeer(socket), conversation, begin);
  } finally {
    socket.destroy();
  }
}

async function askOverTls(socket: Socket, conversation: Conversation, begin: number): Promise<CheckOutput> {
  const { request, printed, signal, contexts } = conversation;
  const secure = await upgrade(socket, { servername: request.servername, signal, contexts });
  try {
    if (request.expiry !== undefined) {
      const { state, text } = judgeCertificate(readCertificate(secure), request.expiry);
      if (state !== OK) return { returnCode: state, output: text };
      printed.push(text);
    }
    return await ask(new StreamPeer(secure, { hasRecords: true }), conversation, begin);
  } finally {
    secure.destroy();
  }
}

/**
 * A timer may fire so much too early. The response time is the time without the delay, so it would be
 * negative.
 */
const EARLY_MS = 1;

/** @param begin `performance.now()` before the connect, in milliseconds */
async function ask(peer: Peer, { request, signal }: Conversation, begin: number): Promise<CheckOutput> {
  const { send, delay, expected, quit } = request;
  if (send !== undefined) peer.send(send);
  if (delay > 0) await pause(delay * 1000 + EARLY_MS, undefined, { signal });
  const reply = expected.texts.length === 0 ? NO_REPLY_EXPECTED : await readReply(peer, expected);
  if (reply === undefined) return { returnCode: CRITICAL, output: "No data received from host\n" };
  if (quit !== undefined) peer.send(quit);
  peer[Symbol.dispose]();
  return renderAnswer(request, reply, (performance.now() - begin) / 1000 - delay);
}
