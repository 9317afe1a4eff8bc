import { Socket } from "node:net";
import { closePipe, openPipe } from "./named-pipes.ts";

const BUFFER_SIZE = 65_536;

/** Called for each line. `id` tells who has written it; `word` is a return code or another word. */
export type OnTold = (id: number, word: string) => void;

/**
 * The pipe to which all shells and all warm interpreters write a line `id return-code` when a plugin has
 * ended. It is one pipe for all of them, so that one read can bring the lines of several.
 */
export class StatusPipe {
  /** The writing end. Shells and interpreters get it as their standard output. */
  readonly fd: number;
  readonly #socket: Socket;
  readonly #onTold: OnTold;
  #rest = "";

  constructor(path: string, onTold: OnTold) {
    this.#onTold = onTold;
    this.fd = openPipe(path, "both");
    this.#socket = new Socket({
      fd: openPipe(path, "both"),
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
    closePipe(this.fd);
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
