import { connect, type Socket } from "node:net";
import type { Log } from "../log.ts";
import { retryAfterMs } from "./back-off.ts";
import { Heartbeat } from "./heartbeat.ts";
import { encodePacket, type Packet, ProtocolError } from "./packet.ts";
import { PacketReader } from "./packet-reader.ts";
import { reasonOf } from "./reason.ts";
import { renderServerAddress, type ServerAddress } from "./server-address.ts";

export type ConnectionState = "connected" | "disconnected";

/** All in milliseconds. */
export interface ConnectionTiming {
  readonly connectWithinMs: number;
  /** Doubled at each failure in a row, up to `retryAtMostMs`. */
  readonly retryFirstMs: number;
  /** A worker must be back within two seconds after its job server is. */
  readonly retryAtMostMs: number;
  /** A server that was silent for so long is probed. */
  readonly probeAfterMs: number;
  /** A server that does not answer a probe within this time is given up. */
  readonly answerWithinMs: number;
  /** How long `stop` waits for the server to take what was written. */
  readonly closeWithinMs: number;
}

const DEFAULT_TIMING: ConnectionTiming = {
  connectWithinMs: 5_000,
  retryFirstMs: 100,
  retryAtMostMs: 1_000,
  probeAfterMs: 30_000,
  answerWithinMs: 10_000,
  closeWithinMs: 1_000,
};

const PROBE: Packet = { type: "ECHO_REQ", data: Buffer.from("alive?") };
const KEEP_ALIVE_MS = 60_000;
const READ_BUFFER_LENGTH = 65_536;

export interface ConnectionOptions {
  readonly server: ServerAddress;
  readonly log: Log;
  readonly onPacket: (packet: Packet) => void;
  /** Not called for a `stop`. */
  readonly onState: (state: ConnectionState) => void;
  /** After `isCongested`: the server reads again. */
  readonly onDrain?: () => void;
  readonly timing?: Partial<ConnectionTiming>;
}

/** Where a connection stands. In `waiting` the next attempt comes with the timer. */
type Phase =
  | { readonly kind: "idle" }
  | { readonly kind: "connecting"; readonly socket: Socket }
  | { readonly kind: "connected"; readonly socket: Socket; readonly heartbeat: Heartbeat }
  | { readonly kind: "waiting"; readonly retryTimer: NodeJS.Timeout };

const IDLE: Phase = { kind: "idle" };

/**
 * The connection to one job server, from `start` to `stop`. A lost connection is always tried again. Packets
 * sent in one turn of the event loop leave in one write. What is sent while there is no connection is
 * dropped, so the sender must follow the state.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #timing: ConnectionTiming;
  readonly #logFields: { readonly server: string };
  #phase: Phase = IDLE;
  /** In a row. */
  #failures = 0;
  #isCongested = false;
  #unsent: Uint8Array[] = [];
  #flushing: NodeJS.Immediate | undefined;
  /** Settled when the socket that `stop` closes is closed. */
  #closed: Promise<void> = Promise.resolve();

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#timing = { ...DEFAULT_TIMING, ...options.timing };
    this.#logFields = { server: renderServerAddress(options.server) };
  }

  get isConnected(): boolean {
    return this.#phase.kind === "connected";
  }

  /** The server does not read as fast as we write. `onDrain` is called when it has caught up. */
  get isCongested(): boolean {
    return this.#isCongested;
  }

  start(): void {
    if (this.#phase.kind === "idle") this.#connect();
  }

  send(packet: Packet): void {
    if (this.#phase.kind === "connected") this.sendBytes(encodePacket(packet));
  }

  /** `bytes` is an encoded packet. */
  sendBytes(bytes: Uint8Array): void {
    if (this.#phase.kind !== "connected") return;
    this.#unsent.push(bytes);
    this.#flushing ??= setImmediate(this.#flush);
  }

  /** Hands over what was sent, closes, and does not come back. */
  async stop(): Promise<void> {
    const phase = this.#phase;
    switch (phase.kind) {
      case "idle":
        break;
      case "waiting":
        clearTimeout(phase.retryTimer);
        break;
      case "connecting":
        phase.socket.destroy();
        this.#closed = close(phase.socket, this.#timing.closeWithinMs);
        break;
      case "connected":
        this.#writeUnsent(phase.socket);
        this.#closed = close(phase.socket, this.#timing.closeWithinMs);
        break;
    }
    this.#release(IDLE);
    await this.#closed;
  }

  #connect(): void {
    const { host, port } = this.#options.server;
    const socket = connect({
      host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
      // One buffer for all reads: by default Node makes one of 64 KiB for each read.
      onread: {
        buffer: Buffer.allocUnsafeSlow(READ_BUFFER_LENGTH),
        callback: (count, buffer) => {
          this.#read(socket, reader, Buffer.from(buffer.buffer, buffer.byteOffset, count));
          return true;
        },
      },
    });
    this.#phase = { kind: "connecting", socket };
    const reader = new PacketReader({
      // A packet that is read after the end of its connection is ignored: the job is the server's again.
      onPacket: (packet) => this.#isCurrent(socket) && this.#packet(packet),
    });
    const slow = setTimeout(
      () => socket.destroy(new Error("no answer in time")),
      this.#timing.connectWithinMs,
    );
    let reason = "closed by the server";
    socket
      .on("connect", () => {
        clearTimeout(slow);
        if (this.#isCurrent(socket)) this.#connected(socket);
      })
      .on("drain", () => this.#drained(socket))
      .on("error", (error) => {
        reason = reasonOf(error);
      })
      .on("close", () => {
        clearTimeout(slow);
        if (this.#isCurrent(socket)) this.#lost(reason);
      });
  }

  #isCurrent(socket: Socket): boolean {
    const phase = this.#phase;
    return (phase.kind === "connected" || phase.kind === "connecting") && phase.socket === socket;
  }

  #connected(socket: Socket): void {
    const { probeAfterMs, answerWithinMs } = this.#timing;
    const heartbeat = new Heartbeat({
      probeAfterMs,
      answerWithinMs,
      probe: () => this.send(PROBE),
      onSilence: () => socket.destroy(new Error(`silent for ${(probeAfterMs + answerWithinMs) / 1000} s`)),
    });
    this.#phase = { kind: "connected", socket, heartbeat };
    this.#options.log.debug(this.#logFields, "connected to the job server");
    this.#options.onState("connected");
  }

  #read(socket: Socket, reader: PacketReader, chunk: Buffer): void {
    if (this.#phase.kind === "connected") this.#phase.heartbeat.heard();
    try {
      reader.push(chunk);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      socket.destroy(error);
    }
  }

  #packet(packet: Packet): void {
    // Not before: a port that drops its connections, or is no job server, must not be tried ten times a
    // second.
    this.#failures = 0;
    this.#options.onPacket(packet);
  }

  #lost(reason: string): void {
    const wasConnected = this.isConnected;
    this.#failures++;
    this.#release({ kind: "waiting", retryTimer: setTimeout(() => this.#connect(), this.#nextAttemptMs()) });

    const { log, onState } = this.#options;
    const fields = { ...this.#logFields, reason };
    if (this.#failures > 1)
      log.debug({ ...fields, failures: this.#failures }, "still cannot connect to the job server");
    else if (wasConnected) log.warn(fields, "lost the connection to the job server");
    else log.warn(fields, "cannot connect to the job server");
    if (wasConnected) onState("disconnected");
  }

  #nextAttemptMs(): number {
    const { retryFirstMs: firstMs, retryAtMostMs: atMostMs } = this.#timing;
    return retryAfterMs(this.#failures, { firstMs, atMostMs });
  }

  #release(next: Phase): void {
    if (this.#phase.kind === "connected") this.#phase.heartbeat.stop();
    this.#phase = next;
    this.#isCongested = false;
    this.#unsent = [];
    clearImmediate(this.#flushing);
    this.#flushing = undefined;
  }

  // An immediate runs after all sockets that are readable in this turn of the event loop have been read.
  readonly #flush = (): void => {
    this.#flushing = undefined;
    if (this.#phase.kind !== "connected" || this.#isCongested) return;
    this.#isCongested = !this.#writeUnsent(this.#phase.socket);
  };

  /** Returns whether the socket takes more data at once. */
  #writeUnsent(socket: Socket): boolean {
    const unsent = this.#unsent;
    if (unsent.length === 0) return true;
    this.#unsent = [];
    return socket.write(unsent.length === 1 && unsent[0] ? unsent[0] : Buffer.concat(unsent));
  }

  #drained(socket: Socket): void {
    if (!this.#isCurrent(socket)) return;
    this.#isCongested = !this.#writeUnsent(socket);
    if (!this.#isCongested) this.#options.onDrain?.();
  }
}

/** Closes in order: the server reads everything that was written, and closes its side. */
async function close(socket: Socket, withinMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const giveUp = setTimeout(() => socket.destroy(), withinMs);
  socket.once("close", () => resolve()).end();
  await promise;
  clearTimeout(giveUp);
}
