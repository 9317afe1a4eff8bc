import { createSocket, type Socket } from "node:dgram";
import { errnoName } from "../libc/errno.ts";
import { connectFailure, type DialContext, DialError, resolveTarget, type Target, wirePort } from "./dial.ts";
import { Inbox } from "./inbox.ts";
import type { Peer } from "./peer.ts";

/** As many as nobody has received yet are kept. */
const MOST_UNREAD = 64;

/** A connected UDP socket; it is closed when the signal is aborted. Rejects as `dial` does. */
export async function dialUdp(
  target: Extract<Target, { host: string }>,
  context: DialContext,
): Promise<Peer> {
  let code = "";
  for (const { address, family } of await resolveTarget(target, context)) {
    const socket = createSocket(family === 6 ? "udp6" : "udp4");
    try {
      await connect(socket, wirePort(target.port), address);
      context.signal.throwIfAborted();
      return new DatagramPeer(socket, context.signal);
    } catch (error) {
      socket.close();
      context.signal.throwIfAborted();
      code = errnoName(error);
    }
  }
  throw new DialError("connect", connectFailure(target.host, target.port, code));
}

function connect(socket: Socket, port: number, address: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once("error", reject);
  socket.connect(port, address, (error?: Error) => (error ? reject(error) : resolve()));
  return promise;
}

/** One `receive` is one datagram; an empty one and a port nobody listens on are the end. */
class DatagramPeer implements Peer {
  readonly #socket: Socket;
  readonly #signal: AbortSignal;
  readonly #inbox = new Inbox();
  readonly #close = () => this[Symbol.dispose]();
  #isClosed = false;

  constructor(socket: Socket, signal: AbortSignal) {
    this.#socket = socket;
    this.#signal = signal;
    socket.on("message", (bytes) => {
      if (bytes.length === 0) this.#inbox.end();
      else if (this.#inbox.count < MOST_UNREAD) this.#inbox.put(bytes.toString("latin1"));
    });
    socket.on("error", () => this.#inbox.end());
    signal.addEventListener("abort", this.#close, { once: true });
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
    this.#signal.removeEventListener("abort", this.#close);
    this.#socket.close();
    this.#inbox.end();
  }
}
