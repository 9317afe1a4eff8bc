import { Socket } from "node:net";
import { closeFifo, openFifo } from "./fifos.ts";

const BUFFER_SIZE = 65_536;

/** Hears one line: who tells it, and what: a return code, or another word. */
export type OnTold = (id: number, word: string) => void;

/**
 * The one pipe on which all shells tell `id return-code`, a line each, as do the warm interpreters for the plugins
 * they run: with many busy one read brings the news of several.
 */
export class StatusPipe {
  /** What shells and interpreters get as their standard output. */
  readonly fd: number;
  readonly #socket: Socket;
  readonly #onTold: OnTold;
  #rest = "";

  constructor(path: string, onTold: OnTold) {
    this.#onTold = onTold;
    this.fd = openFifo(path, "both");
    this.#socket = new Socket({
      fd: openFifo(path, "both"),
      readable: true,
      writable: false,
      onread: {
        buffer: Buffer.allocUnsafeSlow(BUFFER_SIZE),
        callback: (count, buffer) => this.#hear(Buffer.from(buffer.buffer, buffer.byteOffset, count)),
      },
    });
  }

  close(): void {
    this.#socket.destroy();
    closeFifo(this.fd);
  }

  #hear(chunk: Buffer): boolean {
    const lines = (this.#rest + chunk.toString("latin1")).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      const blank = line.indexOf(" ");
      this.#onTold(Number(line.slice(0, blank)), line.slice(blank + 1));
    }
    return true;
  }
}
