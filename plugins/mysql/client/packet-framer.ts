import { CheckDeclined } from "../../../sdk/index.ts";
import { type Framer, ServerGone } from "../../transport/databases/server-stream.ts";

/** Bytes of a packet's length and its number. */
export const HEADER = 4;
/** libmariadb takes a longer packet for the end of the connection while it logs in. */
export const MAX_PACKET = 1 << 20;
const NOTHING = Buffer.alloc(0);

/**
 * Cuts what a server sends into whole packets, and shows each to the session before the driver gets it. The
 * driver complains on stderr about packets with unexpected numbers, to which libmariadb pays no attention: so
 * each gets the number that the driver expects.
 */
export class PacketFramer implements Framer {
  readonly #look: (packet: Buffer) => void;
  #pieces: Buffer[] = [];
  #size = 0;
  #wanted = HEADER;
  /** The number that the driver expects next. */
  #next = 0;
  #shift: number;
  /** The next packet is an answer of its own, and the command behind it has been sent. */
  #isLone = false;

  /**
   * @param look is called with each packet, without its header
   * @param shift how many packets were sent before the driver began, as the request for TLS
   */
  constructor(look: (packet: Buffer) => void, shift: number) {
    this.#look = look;
    this.#shift = shift;
  }

  /** Says that the login is over. */
  endLogin(): void {
    this.#shift = 0;
  }

  /** Says that the next packet is a whole answer. The driver sends nothing before the one that follows. */
  expectLone(): void {
    this.#isLone = true;
  }

  send(data: Buffer): Buffer {
    const number = data[3] ?? 0;
    this.#next = number + 1;
    data[3] = number + this.#shift;
    return data;
  }

  push(piece: Buffer): Buffer {
    this.#pieces.push(piece);
    this.#size += piece.length;
    if (this.#size < this.#wanted) return NOTHING;
    const data = this.#pieces.length === 1 ? piece : Buffer.concat(this.#pieces, this.#size);
    const end = this.#readPackets(data);
    const rest = data.subarray(end);
    this.#pieces = rest.length === 0 ? [] : [rest];
    this.#size = rest.length;
    this.#wanted = rest.length < HEADER ? HEADER : sizeAt(rest, 0);
    return data.subarray(0, end);
  }

  /** Returns the end of the last packet that is whole. */
  #readPackets(data: Buffer): number {
    let at = 0;
    while (at + HEADER <= data.length) {
      const end = at + sizeAt(data, at);
      if (end > data.length) break;
      data[at + 3] = this.#next;
      this.#next = this.#isLone ? 0 : (this.#next + 1) % 256;
      this.#isLone = false;
      this.#look(data.subarray(at + HEADER, end));
      at = end;
    }
    return at;
  }
}

function sizeAt(data: Buffer, at: number): number {
  const length = data.readUIntLE(at, 3);
  if (length === 0) throw new ServerGone("closed");
  if (length >= MAX_PACKET) throw new CheckDeclined("a packet that is too large");
  return HEADER + length;
}
