import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { isIPv6 } from "node:net";
import { whenAborted } from "../../sdk/deadline.ts";
import { CheckDeclined, type Resolver } from "../../sdk/index.ts";
import { errnoName } from "../libc/errno.ts";
import { DialError, dial } from "../transport/dial.ts";
import { StreamPeer } from "../transport/peer.ts";
import { declineIfShort } from "../transport/shortage.ts";
import { type DnsQuestion, type DnsReply, decodeReply, encodeQuestion } from "./message.ts";

/** nslookup asks three times, and waits five seconds for each answer. */
const TRIES = 3;
const WAIT_MS = 5_000;
const PORT = 53;

export interface AskContext {
  readonly signal: AbortSignal;
  readonly resolver: Resolver;
  /** The default is 53, as for nslookup. */
  readonly port?: number;
  /** Is called when an answer has come. */
  readonly onReceived: () => void;
}

/**
 * Asks a name server as nslookup does, over UDP. Undefined: there was no answer. One that does not fit into a
 * datagram is asked for again over TCP.
 */
export async function ask(
  server: string,
  question: Pick<DnsQuestion, "name" | "type">,
  { signal, resolver, onReceived, port = PORT }: AskContext,
): Promise<DnsReply | undefined> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const whole = { ...question, id: randomInt(0x10000) };
    const said = await exchange({ host: server, port }, encodeQuestion(whole), signal);
    onReceived();
    signal.throwIfAborted();
    if (said === undefined) continue;
    const reply = decodeReply(said, whole);
    if (!reply.isCut) return reply;
    const again = await exchangeOverTcp({ host: server, port }, encodeQuestion(whole), { signal, resolver });
    onReceived();
    return decodeReply(again, whole);
  }
  return undefined;
}

interface Place {
  readonly host: string;
  readonly port: number;
}

/** Undefined: the port is closed, or nothing has come in time. */
async function exchange(
  { host, port }: Place,
  question: Buffer,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | undefined>();
  const socket = createSocket(isIPv6(host) ? "udp6" : "udp4");
  const timer = setTimeout(() => resolve(undefined), WAIT_MS);
  using _stopping = whenAborted(signal, () => reject(signal.reason));
  socket.on("message", resolve);
  socket.on("error", (error) => (isRefused(error) ? resolve(undefined) : reject(unknownFault(error))));
  try {
    socket.connect(port, host, (error?: Error) => {
      if (error !== undefined) reject(unknownFault(error));
      else if (!signal.aborted) socket.send(question);
    });
    return await promise;
  } finally {
    clearTimeout(timer);
    socket.close();
  }
}

/** Declines if there is no whole answer. */
async function exchangeOverTcp(
  place: Place,
  question: Buffer,
  context: { readonly signal: AbortSignal; readonly resolver: Resolver },
): Promise<Buffer> {
  const socket = await dial(place, context).catch((error: unknown) => {
    throw error instanceof DialError ? unreachable(error) : error;
  });
  using peer = new StreamPeer(socket);
  peer.send(withLength(question));
  const length = Buffer.from(await receiveExactly(peer, 2), "latin1").readUInt16BE();
  return Buffer.from(await receiveExactly(peer, length), "latin1");
}

function withLength(message: Buffer): string {
  return `${String.fromCharCode(message.length >> 8, message.length & 0xff)}${message.toString("latin1")}`;
}

async function receiveExactly(peer: StreamPeer, length: number): Promise<string> {
  let text = "";
  while (text.length < length) {
    const more = await peer.receive(length - text.length);
    if (more === "") throw unreachable();
    text += more;
  }
  return text;
}

function isRefused(error: Error): boolean {
  return errnoName(error) === "ECONNREFUSED";
}

function unknownFault(error: Error): Error {
  try {
    declineIfShort(error);
  } catch (declined) {
    return declined instanceof Error ? declined : error;
  }
  return unreachable(error);
}

function unreachable(cause?: Error): CheckDeclined {
  return new CheckDeclined("a name server that cannot be reached", { cause });
}
