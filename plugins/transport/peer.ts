import type { Socket } from "node:net";
import { Inbox } from "./inbox.ts";
import { declineUnread } from "./unread.ts";

/**
 * The other side of a connection with the calls a plugin uses: `send`, `recv`, `select`, `close`. Texts are
 * byte strings.
 */
export interface Peer extends Disposable {
  /** Sends without waiting. A failure is not reported. */
  send(text: string): void;
  /**
   * Waits for at least one byte and gives at most `maximum`. The text is empty at the end or if the
   * connection broke. Throws a CheckDeclined if there may have been more than Node has read.
   */
  receive(maximum: number): Promise<string>;
  /** Whether there is something new to receive within these seconds. The end counts too. */
  select(seconds: number): Promise<boolean>;
}

/** Bytes that are taken from the kernel before the check receives them. */
const MAX_UNREAD = 65_536;

/**
 * A connected socket. A plugin looks only at what it receives at once, so `receive` gives what the plugin's
 * `recv` gives: over TCP all that has arrived, over TLS at most one record. `select` ignores the rest of a
 * record that was received in part.
 */
export class StreamPeer implements Peer {
  readonly #socket: Socket;
  readonly #hasRecords: boolean;
  readonly #inbox = new Inbox();
  #unread = 0;
  /** True: the first piece is the rest of a record. */
  #isBegun = false;
  #isListening = false;

  constructor(socket: Socket, { hasRecords = false }: { readonly hasRecords?: boolean } = {}) {
    this.#socket = socket;
    this.#hasRecords = hasRecords;
    // Node does not keep session tickets for a listener that is added later.
    if (hasRecords) this.#listen();
  }

  send(text: string): void {
    if (text !== "" && this.#socket.writable) this.#socket.write(text, "latin1");
  }

  async receive(maximum: number): Promise<string> {
    this.#listen();
    const first = await this.#inbox.take();
    if (first === "") declineUnread(this.#socket);
    const all = this.#hasRecords || first.length >= maximum ? first : first + this.#inbox.takeRest();
    const text = all.slice(0, maximum);
    this.#isBegun = all.length > maximum;
    if (this.#isBegun) this.#inbox.putBack(all.slice(maximum));
    this.#unread -= text.length;
    if (this.#socket.isPaused() && this.#unread < MAX_UNREAD) this.#socket.resume();
    return text;
  }

  select(seconds: number): Promise<boolean> {
    this.#listen();
    return this.#inbox.exceeds(this.#hasRecords && this.#isBegun ? 1 : 0, seconds);
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  /** Begins to read. This costs more than to connect, and many connections are never read. */
  #listen(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    const socket = this.#socket;
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => this.#put(text));
    // A session ticket is a record too: select returns for it, though there is nothing to receive.
    if (this.#hasRecords) socket.on("session", () => this.#inbox.put(""));
    for (const end of ["end", "error", "close"]) socket.on(end, () => this.#inbox.end());
    if (socket.destroyed) this.#inbox.end();
    socket.resume();
  }

  #put(text: string): void {
    this.#unread += text.length;
    if (this.#unread >= MAX_UNREAD) this.#socket.pause();
    this.#inbox.put(text);
  }
}
