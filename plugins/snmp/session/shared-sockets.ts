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
 * where two questions have the same one: a device may answer from another of its addresses, as net-snmp's programs accept it. Two
 * questions to one device that happen to have the same number go over different wires.
 */
export class Wires implements Disposable {
  readonly #wires: Readonly<Record<Family, Set<Wire>>> = { udp4: new Set(), udp6: new Set() };

  /** How many sockets are open, and how many questions wait for an answer. */
  get size(): { readonly sockets: number; readonly questions: number } {
    const wires = this.#allWires();
    return { sockets: wires.length, questions: wires.reduce((sum, { questions }) => sum + questions, 0) };
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
    for (const wire of this.#allWires()) this.#drop(wire);
  }

  #allWires(): readonly Wire[] {
    return [...this.#wires.udp4, ...this.#wires.udp6];
  }

  #send(
    line: OpenLine,
    { family, message, port, address }: { family: Family; message: Buffer; port: number; address: string },
  ): void {
    const id = readMessageId(message) ?? 0;
    const place = placeOf(id, port, address);
    const { wire } = findByPlace(line, place) ?? this.#open(line, { id, place, family });
    wire.send(message, port, address, line.onUnsent);
  }

  #open(line: OpenLine, { id, place, family }: Pick<Open, "id" | "place"> & { family: Family }): Open {
    const open: Open = { id, place, line, wire: this.#chooseWire(family, place) };
    line.questions.add(open);
    open.wire.take(open);
    return open;
  }

  #receive(wire: Wire, message: Buffer, { address, port }: RemoteInfo): void {
    const id = readMessageId(message);
    const open = id === undefined ? undefined : wire.find(id, placeOf(id, port, address));
    if (open === undefined) return;
    this.#forget(open);
    open.line.onMessage(message);
  }

  #forget(open: Open): void {
    if (!open.line.questions.delete(open)) return;
    open.wire.release(open);
    if (open.wire.questions === 0) this.#closeIdle(open.wire);
  }

  /** The first one that is not busy, so that the others come to rest; a new one; the least busy. */
  #chooseWire(family: Family, place: string): Wire {
    const wires = this.#wires[family];
    let quietest: Wire | undefined;
    for (const wire of wires) {
      if (wire.has(place)) continue;
      if (wire.questions < BUSY) return wire;
      if (quietest === undefined || wire.questions < quietest.questions) quietest = wire;
    }
    if (quietest !== undefined && wires.size >= MAX_WIRES) return quietest;
    const wire = new Wire(family, {
      onMessage: (message, from) => this.#receive(wire, message, from),
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
    for (const open of wire.open) {
      this.#forget(open);
      open.line.onUnsent(error);
    }
  }

  #drop(wire: Wire): void {
    this.#wires[wire.family].delete(wire);
    wire[Symbol.dispose]();
  }
}

/** A question that is asked again. */
function findByPlace({ questions }: OpenLine, place: string): Open | undefined {
  for (const open of questions) if (open.place === place) return open;
  return undefined;
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
  readonly #byPlace = new Map<string, Open>();
  readonly #byId = new Map<number, Open>();
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
    return this.#byPlace.size;
  }

  get open(): readonly Open[] {
    return [...this.#byPlace.values()];
  }

  has(place: string): boolean {
    return this.#byPlace.has(place);
  }

  /** The question an answer belongs to. */
  find(id: number, place: string): Open | undefined {
    return this.#byPlace.get(place) ?? this.#byId.get(id);
  }

  take(open: Open): void {
    if (this.questions === 0 && !this.#isClosed) this.#socket.ref();
    this.#byPlace.set(open.place, open);
    this.#byId.set(open.id, open);
  }

  release({ place, id }: Open): void {
    this.#byPlace.delete(place);
    if (this.#byId.get(id)?.place === place) this.#byId.delete(id);
    if (this.questions === 0 && !this.#isClosed) this.#socket.unref();
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
