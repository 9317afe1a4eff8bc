import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { readMessageId } from "./message-id.ts";

export type Family = "udp4" | "udp6";

/** A wire with this many questions open is busy: the kernel keeps a few hundred small answers, and drops what comes beyond. */
const BUSY = 100;
const MAX_WIRES = 32;
/** Kept open without a question, for the next one. */
const MAX_IDLE = 2;
/** The kernel gives what it may. */
const RECEIVE_BUFFER = 1 << 20;

/** What a line is told. */
export interface LineEvents {
  readonly onMessage: (message: Buffer) => void;
  readonly onUnsent: (error: Error) => void;
}

/** One session's share of the wires. */
export interface Line {
  readonly send: (message: Buffer, port: number, address: string) => void;
  readonly close: () => void;
}

/** A question that was sent: who asked it, over which wire. */
interface Open {
  readonly id: number;
  readonly place: string;
  readonly wire: Wire;
  readonly line: OpenLine;
}

interface OpenLine extends LineEvents {
  readonly questions: Set<Open>;
}

/**
 * A few UDP sockets for any number of SNMP sessions. Answers are told apart by their message number, and by whom they come from
 * where two questions have the same one: a device may answer from another of its addresses, as net-snmp's programs accept it.
 */
export class Wires implements Disposable {
  readonly #wires: Readonly<Record<Family, Set<Wire>>> = { udp4: new Set(), udp6: new Set() };
  readonly #byPlace = new Map<string, Open>();
  readonly #byId = new Map<number, Open>();

  /** How many sockets are open, and how many questions wait for an answer. */
  get size(): { readonly sockets: number; readonly questions: number } {
    return { sockets: this.#wires.udp4.size + this.#wires.udp6.size, questions: this.#byPlace.size };
  }

  openLine(family: Family, events: LineEvents): Line {
    const line: OpenLine = { ...events, questions: new Set() };
    return {
      send: (message, port, address) => this.#send(line, { family, message, port, address }),
      close: () => {
        for (const open of line.questions) this.#forget(open);
      },
    };
  }

  [Symbol.dispose](): void {
    for (const wire of [...this.#wires.udp4, ...this.#wires.udp6]) this.#drop(wire);
  }

  #send(
    line: OpenLine,
    { family, message, port, address }: { family: Family; message: Buffer; port: number; address: string },
  ): void {
    const id = readMessageId(message) ?? 0;
    const place = placeOf(id, port, address);
    const known = this.#byPlace.get(place);
    if (known !== undefined) this.#forget(known);
    const open: Open = { id, place, line, wire: this.#chooseWire(family) };
    line.questions.add(open);
    this.#byPlace.set(place, open);
    this.#byId.set(id, open);
    open.wire.take();
    open.wire.send(message, port, address, line.onUnsent);
  }

  #receive(message: Buffer, { address, port }: RemoteInfo): void {
    const id = readMessageId(message);
    if (id === undefined) return;
    const open = this.#byPlace.get(placeOf(id, port, address)) ?? this.#byId.get(id);
    if (open === undefined) return;
    this.#forget(open);
    open.line.onMessage(message);
  }

  #forget(open: Open): void {
    if (!open.line.questions.delete(open)) return;
    this.#byPlace.delete(open.place);
    if (this.#byId.get(open.id) === open) this.#byId.delete(open.id);
    open.wire.release();
    if (open.wire.questions === 0) this.#closeIdle(open.wire);
  }

  /** The first one that is not busy, so that the others come to rest; a new one; the least busy. */
  #chooseWire(family: Family): Wire {
    const wires = this.#wires[family];
    let quietest: Wire | undefined;
    for (const wire of wires) {
      if (wire.questions < BUSY) return wire;
      if (quietest === undefined || wire.questions < quietest.questions) quietest = wire;
    }
    if (quietest !== undefined && wires.size >= MAX_WIRES) return quietest;
    const wire = new Wire(family, {
      onMessage: (message, from) => this.#receive(message, from),
      onError: (error) => this.#fail(wire, error),
    });
    wires.add(wire);
    return wire;
  }

  #closeIdle(wire: Wire): void {
    const wires = this.#wires[wire.family];
    if (wires.size <= MAX_IDLE) return;
    const idle = Array.from(wires).filter(({ questions }) => questions === 0);
    if (idle.length > MAX_IDLE) this.#drop(wire);
  }

  #fail(wire: Wire, error: Error): void {
    this.#drop(wire);
    const lost = Array.from(this.#byPlace.values()).filter((open) => open.wire === wire);
    for (const { line } of lost) line.onUnsent(error);
  }

  #drop(wire: Wire): void {
    this.#wires[wire.family].delete(wire);
    wire[Symbol.dispose]();
  }
}

function placeOf(id: number, port: number, address: string): string {
  return `${id} ${port} ${address}`;
}

interface WireEvents {
  readonly onMessage: (message: Buffer, from: RemoteInfo) => void;
  readonly onError: (error: Error) => void;
}

/** One socket, which keeps the process alive only while an answer is awaited. */
class Wire implements Disposable {
  readonly family: Family;
  readonly #socket: Socket;
  #questions = 0;
  #isClosed = false;

  constructor(family: Family, { onMessage, onError }: WireEvents) {
    this.family = family;
    this.#socket = createSocket({
      type: family,
      recvBufferSize: RECEIVE_BUFFER,
      // Addresses come resolved.
      lookup: (address, _, callback) => callback(null, address, family === "udp4" ? 4 : 6),
    });
    this.#socket.on("message", onMessage).on("error", onError).unref();
  }

  get questions(): number {
    return this.#questions;
  }

  take(): void {
    this.#questions += 1;
    if (this.#questions === 1 && !this.#isClosed) this.#socket.ref();
  }

  release(): void {
    this.#questions -= 1;
    if (this.#questions === 0 && !this.#isClosed) this.#socket.unref();
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
