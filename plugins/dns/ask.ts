import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { isIPv6 } from "node:net";
import { whenAborted } from "../../sdk/deadline.ts";
import { CheckDeclined } from "../../sdk/index.ts";
import { errnoName } from "../libc/errno.ts";
import { declineIfShort } from "../transport/shortage.ts";
import { type DnsQuestion, type DnsReply, decodeReply, encodeQuestion } from "./message.ts";

/** nslookup asks three times, and waits five seconds for each answer. */
const TRIES = 3;
const WAIT_MS = 5_000;
const PORT = 53;

/**
 * Asks a name server as nslookup does, over UDP. Undefined: there was no answer. Declines for answers that
 * do not fit into a datagram.
 */
export async function ask(
  server: string,
  question: Pick<DnsQuestion, "name" | "type">,
  { signal, onReceived }: { readonly signal: AbortSignal; readonly onReceived: () => void },
): Promise<DnsReply | undefined> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const whole = { ...question, id: randomInt(0x10000) };
    const said = await exchange(server, encodeQuestion(whole), signal);
    onReceived();
    signal.throwIfAborted();
    if (said === undefined) continue;
    const reply = decodeReply(said, whole);
    if (reply.isCut) throw new CheckDeclined("an answer of a name server that needs TCP");
    return reply;
  }
  return undefined;
}

/** Undefined: the port is closed, or nothing has come in time. */
async function exchange(server: string, question: Buffer, signal: AbortSignal): Promise<Buffer | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | undefined>();
  const socket = createSocket(isIPv6(server) ? "udp6" : "udp4");
  const timer = setTimeout(() => resolve(undefined), WAIT_MS);
  using _stopping = whenAborted(signal, () => reject(signal.reason));
  socket.on("message", resolve);
  socket.on("error", (error) => (isRefused(error) ? resolve(undefined) : reject(unknownFault(error))));
  try {
    socket.connect(PORT, server, (error?: Error) => {
      if (error === undefined) socket.send(question);
      else reject(unknownFault(error));
    });
    return await promise;
  } finally {
    clearTimeout(timer);
    socket.close();
  }
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
  return new CheckDeclined("a name server that cannot be reached", { cause: error });
}
