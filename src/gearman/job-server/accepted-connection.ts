import type { Socket } from "node:net";
import { encodePacket, type Packet, ProtocolError } from "../packet.ts";
import type { Participant } from "./job-board.ts";

const NUL = 0;
/** Bytes of one command of the text protocol. */
const MAX_COMMAND_LINE = 1_024;

/** One connection. Its first byte tells whether it uses the binary or the text protocol. */
export class AcceptedConnection implements Participant {
  readonly socket: Socket;
  clientId = "-";
  #speaksText: boolean | undefined;
  #line = "";

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /** Packets sent in one turn of the event loop leave in one write. */
  send(packet: Packet): void {
    if (this.socket.writableCorked === 0) {
      this.socket.cork();
      setImmediate(() => this.socket.uncork());
    }
    this.socket.write(encodePacket(packet, "response"));
  }

  sendText(text: string): void {
    this.socket.write(text, "latin1");
  }

  isText(chunk: Buffer): boolean {
    this.#speaksText ??= chunk[0] !== NUL;
    return this.#speaksText;
  }

  /** Returns the lines that this chunk completes. */
  textLines(chunk: Buffer): readonly string[] {
    const lines = (this.#line + chunk.toString("latin1")).split(/\r?\n/);
    this.#line = lines.pop() ?? "";
    if (this.#line.length > MAX_COMMAND_LINE) throw new ProtocolError("a text command without an end");
    return lines;
  }
}
