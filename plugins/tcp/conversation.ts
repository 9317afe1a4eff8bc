import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { type CheckOutput, CRITICAL, OK } from "../../sdk/index.ts";
import { judgeCertificate, readCertificate } from "../transport/certificate.ts";
import { dialUdp } from "../transport/datagram.ts";
import { type DialContext, dial } from "../transport/dial.ts";
import { type Peer, StreamPeer } from "../transport/peer.ts";
import { TargetClock } from "../transport/timing.ts";
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
  const { contexts, signal } = conversation;
  using place = usesTls ? await contexts.handshakes.enter(signal) : undefined;
  const clock = new TargetClock();
  const isPath = address.startsWith("/");
  const context = { ...conversation, clock };
  if (transport === "udp" && !isPath) {
    using peer = await dialUdp({ host: address, port, family }, context);
    return await ask(peer, conversation, clock);
  }
  const socket = await dial(isPath ? { path: address } : { host: address, port, family }, context);
  clock.tick();
  try {
    if (usesTls) return await askOverTls(socket, { ...conversation, place }, clock);
    return await ask(new StreamPeer(socket), conversation, clock);
  } finally {
    socket.destroy();
  }
}

async function askOverTls(
  socket: Socket,
  conversation: Conversation & { readonly place: Disposable | undefined },
  clock: TargetClock,
): Promise<CheckOutput> {
  const { request, printed, signal, contexts, place } = conversation;
  const secure = await upgrade(socket, { servername: request.servername, signal, contexts });
  place?.[Symbol.dispose]();
  clock.tick();
  try {
    if (request.expiry !== undefined) {
      const { state, text } = judgeCertificate(readCertificate(secure), request.expiry);
      if (state !== OK) return { returnCode: state, output: text };
      printed.push(text);
    }
    return await ask(new StreamPeer(secure, { hasRecords: true }), conversation, clock);
  } finally {
    secure.destroy();
  }
}

async function ask(peer: Peer, { request, signal }: Conversation, clock: TargetClock): Promise<CheckOutput> {
  const { send, delay, expected, quit } = request;
  if (send !== undefined) peer.send(send);
  if (delay > 0) {
    clock.tick();
    await pause(delay * 1000, undefined, { signal });
    clock.skip();
  }
  const onReceived = () => clock.tick();
  const reply = expected.texts.length === 0 ? NO_REPLY_EXPECTED : await readReply(peer, expected, onReceived);
  if (reply === undefined) return { returnCode: CRITICAL, output: "No data received from host\n" };
  if (quit !== undefined) peer.send(quit);
  peer[Symbol.dispose]();
  return renderAnswer(request, reply, clock.seconds);
}
