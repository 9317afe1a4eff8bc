import type { Socket } from "node:net";
import { encodePacket, type Packet, ProtocolError } from "../packet.ts";
import { PacketReader } from "../packet-reader.ts";
import { reasonOf } from "../reason.ts";
import { renderServerAddress, type ServerAddress } from "../server-address.ts";
import { closeSocket, openSocket } from "../socket.ts";
import { closedUnanswered, isClosing } from "../tls/tls-reason.ts";

/** A job server cannot be used, or not any more. The message begins with its address. */
export class ServerError extends Error {
  override readonly name = "ServerError";
}

export interface BriefOptions {
  readonly server: ServerAddress;
  /** How long connecting may take, and later the next answer while one is due. 0: for ever. */
  readonly timeoutMs: number;
  readonly onPacket: (packet: Packet) => void;
  /** The connection was lost, or given up. Not called before `opened` is resolved, nor after `close`. */
  readonly onLost: (error: ServerError) => void;
}

const CLOSE_WITHIN_MS = 1_000;

/**
 * A connection for a program that does one thing and ends: it is made once, and what goes wrong is told and
 * not tried again. Packets sent in one turn of the event loop leave in one write.
 */
export class BriefConnection {
  /** Resolved when the server has accepted the connection; rejected with a ServerError. */
  readonly opened: Promise<void>;
  readonly #options: BriefOptions;
  readonly #socket: Socket;
  readonly #opening = Promise.withResolvers<void>();
  #phase: "opening" | "open" | "closed" = "opening";
  #hasAnswered = false;
  #unsent: Uint8Array[] = [];
  #patience: NodeJS.Timeout | undefined;

  constructor(options: BriefOptions) {
    this.#options = options;
    this.opened = this.#opening.promise;
    const reader = new PacketReader({ onPacket: (packet) => this.#isOpen() && options.onPacket(packet) });
    let error: Error | undefined;
    this.#socket = openSocket(options.server, {
      onOpen: () => this.#connected(),
      onChunk: (chunk) => this.#read(reader, chunk),
    })
      .on("error", (each) => {
        error = each;
      })
      .on("close", () => this.#lost(this.#whyClosed(error)));
    this.expectAnswer();
  }

  send(packet: Packet): void {
    if (!this.#isOpen()) return;
    if (this.#unsent.length === 0) setImmediate(this.#flush);
    this.#unsent.push(encodePacket(packet));
  }

  /** From now on the server must say something within `timeoutMs`, and again after each answer. */
  expectAnswer(): void {
    const { timeoutMs } = this.#options;
    if (timeoutMs === 0 || this.#phase === "closed") return;
    this.#patience ??= setTimeout(() => this.#lost(`no answer within ${timeoutMs / 1000} s`), timeoutMs);
  }

  expectNothing(): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
  }

  /** Hands over what was sent, and closes. */
  async close(): Promise<void> {
    if (this.#phase === "closed") return;
    this.#flush();
    const wasOpen = this.#isOpen();
    this.#end();
    if (wasOpen) await closeSocket(this.#socket, CLOSE_WITHIN_MS);
    else this.#socket.destroy();
  }

  #isOpen(): boolean {
    return this.#phase === "open";
  }

  #connected(): void {
    if (this.#phase !== "opening") return;
    this.#phase = "open";
    this.expectNothing();
    this.#opening.resolve();
  }

  #read(reader: PacketReader, chunk: Buffer): void {
    if (!this.#isOpen()) return;
    this.#hasAnswered = true;
    this.#patience?.refresh();
    try {
      reader.push(chunk);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#lost(`nothing there speaks Gearman, is this the port of a job server? (${error.message})`);
    }
  }

  #whyClosed(error: Error | undefined): string {
    if (this.#isOpen() && !this.#hasAnswered && isClosing(error))
      return `closed the connection ${closedUnanswered(this.#options.server.tls !== undefined)}`;
    return error === undefined ? "closed the connection" : reasonOf(error);
  }

  #lost(reason: string): void {
    if (this.#phase === "closed") return;
    const wasOpen = this.#isOpen();
    this.#end();
    this.#socket.destroy();
    const error = new ServerError(`${renderServerAddress(this.#options.server)}: ${reason}`);
    if (wasOpen) this.#options.onLost(error);
    else this.#opening.reject(error);
  }

  #end(): void {
    this.#phase = "closed";
    this.expectNothing();
  }

  readonly #flush = (): void => {
    const unsent = this.#unsent;
    this.#unsent = [];
    if (this.#isOpen() && unsent.length > 0) this.#socket.write(Buffer.concat(unsent));
  };
}
