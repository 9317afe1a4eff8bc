import type { Socket } from "node:net";
import type { Log } from "../log.ts";
import { retryAfterMs } from "./back-off.ts";
import { Heartbeat, type HeartbeatTiming } from "./heartbeat.ts";
import { encodePacket, type Packet, ProtocolError } from "./packet.ts";
import { PacketReader } from "./packet-reader.ts";
import { Presence } from "./presence.ts";
import { renderServerAddress, type ServerAddress } from "./server-address.ts";
import { closeSocket, openSocket } from "./socket.ts";
import { SilenceError, silence, type Trouble, troubleOf } from "./trouble.ts";

export type ConnectionState = "connected" | "disconnected";

/** All in milliseconds. */
export interface ConnectionTiming extends HeartbeatTiming {
  readonly connectWithinMs: number;
  /** Doubled at each failure in a row, up to `retryAtMostMs`. */
  readonly retryFirstMs: number;
  /** A worker must be back within two seconds after its job server is. */
  readonly retryAtMostMs: number;
  /** How long `stop` waits for the server to take what was written. */
  readonly closeWithinMs: number;
}

/** The log must say within two seconds who is silent: `probeAfterMs + answerWithinMs` is less. */
const DEFAULT_TIMING: ConnectionTiming = {
  connectWithinMs: 5_000,
  retryFirstMs: 100,
  retryAtMostMs: 1_000,
  probeAfterMs: 800,
  idleProbeAfterMs: 30_000,
  answerWithinMs: 900,
  giveUpAfterMs: 40_000,
  closeWithinMs: 1_000,
};

const PROBE = encodePacket({ type: "ECHO_REQ", data: Buffer.from("alive?") });
const NO_ANSWER_YET: Trouble = { kind: "unreachable", reason: "no answer yet" };

export interface ConnectionOptions {
  readonly server: ServerAddress;
  readonly log: Log;
  readonly onPacket: (packet: Packet) => void;
  /** `connected`: the server has answered, so it is a job server. Not called for a `stop`. */
  readonly onState: (state: ConnectionState) => void;
  /** After `isCongested`: the server reads again. After `isSilent`: it answers again. */
  readonly onDrain?: () => void;
  /** The server has become silent. */
  readonly onSilence?: () => void;
  /** The silence of the server must be noticed within two seconds. Without it, after 40 s. */
  readonly awaitsReply?: () => boolean;
  /** Shared by all connections to the same server, so that the log says once what happens to it. */
  readonly presence?: Presence;
  readonly timing?: Partial<ConnectionTiming>;
}

/**
 * Where a connection stands. In `greeting` the server has to show that it speaks Gearman. In `waiting` the
 * next attempt comes with the timer.
 */
type Phase =
  | { readonly kind: "idle" }
  | { readonly kind: "connecting"; readonly socket: Socket }
  | { readonly kind: "greeting" | "connected"; readonly socket: Socket; readonly heartbeat: Heartbeat }
  | { readonly kind: "waiting"; readonly retryTimer: NodeJS.Timeout };

const IDLE: Phase = { kind: "idle" };

/**
 * The connection to one job server, from `start` to `stop`. A lost connection is always tried again. Packets
 * sent in one turn of the event loop leave in one write. What is sent while there is no connection is
 * dropped, so the sender must follow the state. A connection counts only when the server has answered a
 * probe: a server that hangs, or a port that is no job server, is given nothing.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #timing: ConnectionTiming;
  readonly #presence: Presence;
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
    this.#presence = options.presence ?? new Presence(options);
    this.#logFields = { server: renderServerAddress(options.server) };
  }

  get isConnected(): boolean {
    return this.#phase.kind === "connected";
  }

  /** The server is connected, but has not answered a probe in time. */
  get isSilent(): boolean {
    return this.#phase.kind === "connected" && this.#phase.heartbeat.isSilent;
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
    this.#presence.forget(this);
    switch (phase.kind) {
      case "idle":
        break;
      case "waiting":
        clearTimeout(phase.retryTimer);
        break;
      case "connecting":
      case "greeting":
        phase.socket.destroy();
        this.#closed = closeSocket(phase.socket, this.#timing.closeWithinMs);
        break;
      case "connected":
        this.#writeUnsent(phase.socket);
        this.#closed = closeSocket(phase.socket, this.#timing.closeWithinMs);
        break;
    }
    this.#release(IDLE);
    await this.#closed;
  }

  #connect(): void {
    const socket: Socket = openSocket(this.#options.server, {
      onOpen: () => {
        timers.stop();
        if (this.#isCurrent(socket)) this.#greet(socket);
      },
      onChunk: (chunk) => this.#read(socket, reader, chunk),
    });
    this.#phase = { kind: "connecting", socket };
    const reader = new PacketReader({
      // A packet that is read after the end of its connection is ignored: the job is the server's again.
      onPacket: (packet) => this.#isCurrent(socket) && this.#packet(packet),
    });
    const timers = this.#watchConnecting(socket);
    let error: Error | undefined;
    socket
      .on("drain", () => this.#drained(socket))
      .on("error", (each) => {
        error = each;
      })
      .on("close", () => {
        timers.stop();
        if (this.#isCurrent(socket)) this.#lost(error);
      });
  }

  /** The log knows of a server that does not even accept a connection as early as of one that hangs. */
  #watchConnecting(socket: Socket): { stop(): void } {
    const { connectWithinMs, probeAfterMs, answerWithinMs } = this.#timing;
    const slow = setTimeout(() => socket.destroy(new Error("no answer in time")), connectWithinMs);
    const soon = setTimeout(() => {
      if (this.#isCurrent(socket)) this.#presence.missed(this, NO_ANSWER_YET);
    }, probeAfterMs + answerWithinMs);
    return {
      stop: () => {
        clearTimeout(slow);
        clearTimeout(soon);
      },
    };
  }

  #isCurrent(socket: Socket): boolean {
    return "socket" in this.#phase && this.#phase.socket === socket;
  }

  #greet(socket: Socket): void {
    const heartbeat = new Heartbeat({
      timing: this.#timing,
      awaitsReply: () => this.#options.awaitsReply?.() ?? false,
      // Written at once: packets wait for the end of the turn, and are dropped while the server is greeted.
      probe: () => this.#isCongested || socket.write(PROBE),
      onSilence: (silentMs) => this.#silent(silentMs),
      onAnswer: () => this.#answersAgain(),
      onGiveUp: (silentMs) => socket.destroy(new SilenceError(silentMs)),
    });
    this.#phase = { kind: "greeting", socket, heartbeat };
  }

  #read(socket: Socket, reader: PacketReader, chunk: Buffer): void {
    if (!this.#isCurrent(socket)) return;
    if ("heartbeat" in this.#phase) this.#phase.heartbeat.heard();
    try {
      reader.push(chunk);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      socket.destroy(error);
    }
  }

  #packet(packet: Packet): void {
    if (this.#phase.kind === "greeting") this.#connected({ ...this.#phase, kind: "connected" });
    if (packet.type !== "ECHO_RES") this.#options.onPacket(packet); // all probes are ours
  }

  #connected(phase: Phase): void {
    // Not before: a port that drops its connections, or is no job server, must not be tried ten times a
    // second.
    this.#failures = 0;
    this.#phase = phase;
    this.#options.log.debug(this.#logFields, "connected to the job server");
    this.#presence.seen(this);
    this.#options.onState("connected");
  }

  #silent(silentMs: number): void {
    const isKnown = this.isConnected;
    this.#presence.missed(this, silence(silentMs, isKnown));
    if (isKnown) this.#options.onSilence?.();
  }

  #answersAgain(): void {
    if (!this.isConnected) return;
    this.#presence.seen(this);
    this.#options.onDrain?.();
  }

  #lost(error: Error | undefined): void {
    const wasConnected = this.isConnected;
    this.#failures++;
    this.#release({ kind: "waiting", retryTimer: setTimeout(() => this.#connect(), this.#nextAttemptMs()) });

    const { log, onState, server } = this.#options;
    const trouble = troubleOf(error, { isKnown: wasConnected, isTls: server.tls !== undefined });
    this.#presence.missed(this, trouble);
    const fields = { ...this.#logFields, reason: trouble.reason };
    if (this.#failures > 1)
      log.debug({ ...fields, failures: this.#failures }, "still cannot connect to the job server");
    else if (trouble.kind === "silent") log.debug(fields, "gave up the connection to the job server");
    if (wasConnected) onState("disconnected");
  }

  #nextAttemptMs(): number {
    const { retryFirstMs: firstMs, retryAtMostMs: atMostMs } = this.#timing;
    return retryAfterMs(this.#failures, { firstMs, atMostMs });
  }

  #release(next: Phase): void {
    if ("heartbeat" in this.#phase) this.#phase.heartbeat.stop();
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
