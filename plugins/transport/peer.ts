import type { Socket } from "node:net";
import { Inbox } from "./inbox.ts";

/** The other side as a plugin sees it through its descriptor: `send`, `recv`, `select`, `close`. Texts are byte strings. */
export interface Peer extends Disposable {
  /** Nothing waits for it, and nobody hears that it failed. */
  send(text: string): void;
  /** Waits for at least one byte, gives at most `maximum`; empty at the end, and where the connection broke. */
  receive(maximum: number): Promise<string>;
  /** Whether there is anything new to receive within these seconds; the end is. */
  select(seconds: number): Promise<boolean>;
}

/** What is taken from the kernel before anybody asks for it. */
const MOST_UNREAD = 65_536;

/**
 * A connected socket. What a plugin receives at once decides what it looks at, so `receive` gives what its `recv` gave: over TCP all
 * that has arrived, over TLS no more than one record, of which `select` knows nothing once it has been begun.
 */
export class StreamPeer implements Peer {
  readonly #socket: Socket;
  readonly #hasRecords: boolean;
  readonly #inbox = new Inbox();
  #unread = 0;
  /** The first piece is what was left of a record. */
  #isBegun = false;
  #isListening = false;

  constructor(socket: Socket, { hasRecords = false }: { readonly hasRecords?: boolean } = {}) {
    this.#socket = socket;
    this.#hasRecords = hasRecords;
    // Tickets are not kept for whoever listens late.
    if (hasRecords) this.#listen();
  }

  send(text: string): void {
    if (text !== "" && this.#socket.writable) this.#socket.write(text, "latin1");
  }

  async receive(maximum: number): Promise<string> {
    this.#listen();
    const first = await this.#inbox.take();
    const all = this.#hasRecords || first.length >= maximum ? first : first + this.#inbox.takeRest();
    const text = all.slice(0, maximum);
    this.#isBegun = all.length > maximum;
    if (this.#isBegun) this.#inbox.putBack(all.slice(maximum));
    this.#unread -= text.length;
    if (this.#socket.isPaused() && this.#unread < MOST_UNREAD) this.#socket.resume();
    return text;
  }

  select(seconds: number): Promise<boolean> {
    this.#listen();
    return this.#inbox.exceeds(this.#hasRecords && this.#isBegun ? 1 : 0, seconds);
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  /** Many connections are never read: to listen costs more than to connect. */
  #listen(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    const socket = this.#socket;
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => this.#put(text));
    // A ticket is a record too: it wakes select, though there is nothing to receive.
    if (this.#hasRecords) socket.on("session", () => this.#inbox.put(""));
    for (const end of ["end", "error", "close"]) socket.on(end, () => this.#inbox.end());
    if (socket.destroyed) this.#inbox.end();
    socket.resume();
  }

  #put(text: string): void {
    this.#unread += text.length;
    if (this.#unread >= MOST_UNREAD) this.#socket.pause();
    this.#inbox.put(text);
  }
}
