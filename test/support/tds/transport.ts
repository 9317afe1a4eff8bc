import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { createSecureContext, type SecureContextOptions, TLSSocket } from "node:tls";
import { frameMessage, MessageReader, PACKET, type TdsMessage } from "./packets.ts";

interface TransportOptions {
  /** Whether bytes are sent one by one. Without TLS only. */
  readonly isSlow: boolean;
  readonly onMessage: (message: TdsMessage) => void;
}

interface Encryption {
  /** Where encrypted bytes are put in. */
  readonly wire: Duplex;
  readonly clear: TLSSocket;
  /** Takes the packets of the handshake apart. */
  readonly reader: MessageReader;
  /** Whether the handshake is under way. */
  isWrapped: boolean;
  /** Whether a packet of it has come in part. */
  hasPart: boolean;
}

/**
 * Messages over a socket. TLS begins inside packets of the type prelogin, and stands alone once the handshake
 * is over. Where a client has only its login encrypted, what follows is plain again.
 */
export class Transport {
  readonly #socket: Socket;
  readonly #options: TransportOptions;
  readonly #reader = new MessageReader();
  #tls: Encryption | undefined;

  constructor(socket: Socket, options: TransportOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.on("data", (data: Buffer) => this.#receive(data));
    socket.on("error", () => {});
  }

  startTls(options: SecureContextOptions): void {
    const socket = this.#socket;
    const wire = new Duplex({
      read() {},
      write: (data: Buffer, _encoding, done) => {
        if (!socket.destroyed) socket.write(tls.isWrapped ? frameMessage(PACKET.prelogin, data) : data);
        done();
      },
    });
    // A TLSSocket takes any stream; its types know sockets only.
    const settings = { isServer: true, secureContext: createSecureContext(options) };
    const clear = new TLSSocket(wire as unknown as Socket, settings);
    const tls: Encryption = { wire, clear, reader: new MessageReader(), isWrapped: true, hasPart: false };
    clear.on("error", () => socket.destroy());
    clear.on("data", (data: Buffer) => this.#read(data));
    const endHandshake = () => {
      tls.isWrapped = false;
    };
    clear.once("secure", () => setImmediate(endHandshake));
    this.#tls = tls;
    socket.once("close", () => clear.destroy());
  }

  /** What follows is not encrypted. */
  endTls(): void {
    this.#tls = undefined;
  }

  send(body: Buffer, type: number = PACKET.reply): void {
    this.sendRaw(frameMessage(type, body));
  }

  sendRaw(data: Buffer): void {
    if (this.#socket.destroyed) return;
    if (this.#options.isSlow) for (const byte of data) this.#socket.write(Buffer.of(byte));
    else if (this.#tls === undefined) this.#socket.write(data);
    else this.#tls.clear.write(data);
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(data: Buffer): void {
    const tls = this.#tls;
    if (tls === undefined) this.#read(data);
    // After the handshake a client no longer wraps what it sends; the first byte tells.
    else if (tls.hasPart || (tls.isWrapped && data[0] === PACKET.prelogin)) unwrap(data, tls);
    else tls.wire.push(data);
  }

  #read(data: Buffer): void {
    try {
      for (const message of this.#reader.push(data)) this.#options.onMessage(message);
    } catch {
      this.close();
    }
  }
}

function unwrap(data: Buffer, tls: Encryption): void {
  const messages = tls.reader.push(data);
  tls.hasPart = messages.length === 0;
  for (const { body } of messages) tls.wire.push(body);
}
