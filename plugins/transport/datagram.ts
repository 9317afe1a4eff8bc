import { createSocket, type Socket } from "node:dgram";
import { whenAborted } from "../../sdk/deadline.ts";
import { errnoName } from "../libc/errno.ts";
import { connectFailure, type DialContext, DialError, type Endpoint, resolveHost, wirePort } from "./dial.ts";
import { Inbox } from "./inbox.ts";
import type { Peer } from "./peer.ts";
import { declineIfShort } from "./shortage.ts";

/** Datagrams that are kept until the check receives them; others are dropped. */
const MAX_UNREAD = 64;

/** Connects a UDP socket. It is closed when the signal is aborted. Rejects as `dial` does. */
export async function dialUdp(
  endpoint: Extract<Endpoint, { host: string }>,
  context: DialContext,
): Promise<Peer> {
  let failure: unknown;
  for (const { address, family } of await resolveHost(endpoint, context)) {
    const socket = createSocket(family === 6 ? "udp6" : "udp4");
    try {
      await connect(socket, wirePort(endpoint.port), address);
      context.signal.throwIfAborted();
      return new DatagramPeer(socket, context.signal);
    } catch (error) {
      socket.close();
      context.signal.throwIfAborted();
      failure = error;
    }
  }
  declineIfShort(failure);
  throw new DialError("connect", connectFailure(endpoint.host, endpoint.port, errnoName(failure)));
}

function connect(socket: Socket, port: number, address: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once("error", reject);
  socket.connect(port, address, (error?: Error) => (error ? reject(error) : resolve()));
  return promise;
}

/** One `receive` gives one datagram. An empty datagram is the end, and so is a port that is closed. */
class DatagramPeer implements Peer {
  readonly #socket: Socket;
  readonly #inbox = new Inbox();
  readonly #closing: Disposable;
  #isClosed = false;

  constructor(socket: Socket, signal: AbortSignal) {
    this.#socket = socket;
    socket.on("message", (bytes) => {
      if (bytes.length === 0) this.#inbox.end();
      else if (this.#inbox.count < MAX_UNREAD) this.#inbox.put(bytes.toString("latin1"));
    });
    socket.on("error", () => this.#inbox.end());
    this.#closing = whenAborted(signal, () => this[Symbol.dispose]());
  }

  send(text: string): void {
    if (!this.#isClosed) this.#socket.send(Buffer.from(text, "latin1"), () => {});
  }

  async receive(maximum: number): Promise<string> {
    return (await this.#inbox.take()).slice(0, maximum);
  }

  select(seconds: number): Promise<boolean> {
    return this.#inbox.exceeds(0, seconds);
  }

  [Symbol.dispose](): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#closing[Symbol.dispose]();
    this.#socket.close();
    this.#inbox.end();
  }
}
