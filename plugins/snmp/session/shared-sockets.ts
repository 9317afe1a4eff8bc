import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { readMessageId } from "./message-id.ts";

export type SocketFamily = "udp4" | "udp6";

/**
 * A socket with this many open requests gets no further one while there is another socket. The kernel keeps a
 * few hundred small answers and drops what comes beyond.
 */
const BUSY = 100;
const MAX_SOCKETS = 32;
/** Sockets that stay open without a request, for the next one. */
const MAX_IDLE = 2;
/** Bytes asked for; the kernel may give less. */
const RECEIVE_BUFFER = 1 << 20;

/** What the owner of a channel is told. */
export interface ChannelEvents {
  readonly onMessage: (message: Buffer) => void;
  readonly onUnsent: (error: Error) => void;
}

/** The part of the shared sockets that one session uses. */
export interface Channel {
  readonly send: (message: Buffer, port: number, address: string) => void;
  readonly close: () => void;
}

/** A request that was sent and has no answer yet. */
interface OpenRequest {
  readonly id: number;
  /** The message number, port and address: two open requests with the same key need two sockets. */
  readonly key: string;
  readonly socket: SharedSocket;
  readonly channel: OpenChannel;
}

interface OpenChannel extends ChannelEvents {
  readonly requests: Set<OpenRequest>;
}

interface Datagram {
  readonly family: SocketFamily;
  readonly message: Buffer;
  readonly port: number;
  readonly address: string;
}

/**
 * A few UDP sockets for any number of SNMP sessions. An answer is matched to its request by the message
 * number, and also by the sender where two requests have the same number. The sender alone would not do: a
 * device may answer from another of its addresses, which net-snmp's programs accept. Two requests to one
 * device that happen to have the same number go over different sockets.
 */
export class SharedSockets implements Disposable {
  readonly #sockets: Readonly<Record<SocketFamily, Set<SharedSocket>>> = { udp4: new Set(), udp6: new Set() };

  /** How many sockets are open, and how many requests wait for an answer. */
  get size(): { readonly sockets: number; readonly requests: number } {
    const all = this.#allSockets();
    return { sockets: all.length, requests: all.reduce((sum, { requests }) => sum + requests, 0) };
  }

  openChannel(family: SocketFamily, events: ChannelEvents): Channel {
    const channel: OpenChannel = { ...events, requests: new Set() };
    return {
      send: (message, port, address) => this.#send(channel, { family, message, port, address }),
      close: () => {
        for (const request of channel.requests) this.#forget(request);
      },
    };
  }

  [Symbol.dispose](): void {
    for (const socket of this.#allSockets()) this.#drop(socket);
  }

  #allSockets(): readonly SharedSocket[] {
    return [...this.#sockets.udp4, ...this.#sockets.udp6];
  }

  #send(channel: OpenChannel, { family, message, port, address }: Datagram): void {
    const id = readMessageId(message) ?? 0;
    const key = keyOf(id, port, address);
    const { socket } = findRequest(channel, key) ?? this.#open(channel, { id, key, family });
    socket.send(message, port, address, channel.onUnsent);
  }

  #open(
    channel: OpenChannel,
    { id, key, family }: Pick<OpenRequest, "id" | "key"> & { family: SocketFamily },
  ): OpenRequest {
    const request: OpenRequest = { id, key, channel, socket: this.#chooseSocket(family, key) };
    channel.requests.add(request);
    request.socket.add(request);
    return request;
  }

  #receive(socket: SharedSocket, message: Buffer, { address, port }: RemoteInfo): void {
    const id = readMessageId(message);
    const request = id === undefined ? undefined : socket.find(id, keyOf(id, port, address));
    if (request === undefined) return;
    this.#forget(request);
    request.channel.onMessage(message);
  }

  #forget(request: OpenRequest): void {
    const { channel, socket } = request;
    if (!channel.requests.delete(request)) return;
    socket.remove(request);
    if (socket.requests === 0) this.#closeIdle(socket);
  }

  /**
   * The first socket that is not busy, so that the last ones become idle. Where all are busy: a new socket,
   * or the one with the fewest requests.
   */
  #chooseSocket(family: SocketFamily, key: string): SharedSocket {
    const sockets = this.#sockets[family];
    let quietest: SharedSocket | undefined;
    for (const socket of sockets) {
      if (socket.has(key)) continue;
      if (socket.requests < BUSY) return socket;
      if (quietest === undefined || socket.requests < quietest.requests) quietest = socket;
    }
    if (quietest !== undefined && sockets.size >= MAX_SOCKETS) return quietest;
    const socket = new SharedSocket(family, {
      onMessage: (message, from) => this.#receive(socket, message, from),
      onError: (error) => this.#fail(socket, error),
    });
    sockets.add(socket);
    return socket;
  }

  #closeIdle(socket: SharedSocket): void {
    const sockets = this.#sockets[socket.family];
    if (sockets.size <= MAX_IDLE) return;
    const idle = Array.from(sockets).filter(({ requests }) => requests === 0);
    if (idle.length > MAX_IDLE) this.#drop(socket);
  }

  #fail(socket: SharedSocket, error: Error): void {
    this.#drop(socket);
    for (const request of socket.open) {
      this.#forget(request);
      request.channel.onUnsent(error);
    }
  }

  #drop(socket: SharedSocket): void {
    this.#sockets[socket.family].delete(socket);
    socket[Symbol.dispose]();
  }
}

/** Finds the open request of a message that is sent again. */
function findRequest({ requests }: OpenChannel, key: string): OpenRequest | undefined {
  for (const request of requests) if (request.key === key) return request;
  return undefined;
}

function keyOf(id: number, port: number, address: string): string {
  return `${id} ${port} ${address}`;
}

interface SharedSocketEvents {
  readonly onMessage: (message: Buffer, from: RemoteInfo) => void;
  readonly onError: (error: Error) => void;
}

/** One UDP socket. It keeps the process alive only while an answer is awaited. */
class SharedSocket implements Disposable {
  readonly family: SocketFamily;
  readonly #socket: Socket;
  readonly #byKey = new Map<string, OpenRequest>();
  readonly #byId = new Map<number, OpenRequest>();
  #isClosed = false;

  constructor(family: SocketFamily, { onMessage, onError }: SharedSocketEvents) {
    this.family = family;
    this.#socket = createSocket({
      type: family,
      recvBufferSize: RECEIVE_BUFFER,
      // The addresses are resolved already.
      lookup: (address, _, callback) => callback(null, address, family === "udp4" ? 4 : 6),
    });
    this.#socket.on("message", onMessage).on("error", onError).unref();
  }

  /** How many requests are open. */
  get requests(): number {
    return this.#byKey.size;
  }

  get open(): readonly OpenRequest[] {
    return [...this.#byKey.values()];
  }

  has(key: string): boolean {
    return this.#byKey.has(key);
  }

  /** The request to which an answer belongs. */
  find(id: number, key: string): OpenRequest | undefined {
    return this.#byKey.get(key) ?? this.#byId.get(id);
  }

  add(request: OpenRequest): void {
    if (this.requests === 0 && !this.#isClosed) this.#socket.ref();
    this.#byKey.set(request.key, request);
    this.#byId.set(request.id, request);
  }

  remove({ key, id }: OpenRequest): void {
    this.#byKey.delete(key);
    if (this.#byId.get(id)?.key === key) this.#byId.delete(id);
    if (this.requests === 0 && !this.#isClosed) this.#socket.unref();
  }

  send(message: Buffer, port: number, address: string, onUnsent: (error: Error) => void): void {
    this.#socket.send(message, port, address, (error) => error && onUnsent(error));
  }

  [Symbol.dispose](): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.close();
  }
}
