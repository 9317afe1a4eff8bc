import { CheckDeclined } from "../../../sdk/index.ts";
import { PacketCutter } from "../../transport/databases/packet-cutter.ts";
import { type Framer, ServerGone } from "../../transport/databases/server-stream.ts";

/** Bytes of a packet's length and its number. */
export const HEADER = 4;
/** libmariadb takes a longer packet for the end of the connection while it logs in. */
export const MAX_PACKET = 1 << 20;
const NOTHING = Buffer.alloc(0);

/** Takes a packet: the bytes of `data` from `start` to `end`, without the header. */
export type TakePacket = (data: Buffer, start: number, end: number) => void;

/**
 * Cuts what a server sends into whole packets, and shows each to the session. While the driver logs in, it
 * gets them then. It complains on stderr about packets with unexpected numbers, to which libmariadb pays no
 * attention: so each gets the number that the driver expects.
 */
export class PacketFramer implements Framer {
  readonly #cutter: PacketCutter;
  /** The number that the driver expects next. */
  #next = 0;
  readonly #shift: number;
  #isAccepted = false;
  #isLoggedIn = false;

  /**
   * @param look is called with each packet
   * @param shift how many packets were sent before the driver began, as the request for TLS
   */
  constructor(look: TakePacket, shift: number) {
    this.#shift = shift;
    const take: TakePacket = (data, start, end) => {
      if (!this.#isLoggedIn) this.#giveNumber(data, start - HEADER);
      look(data, start, end);
    };
    this.#cutter = new PacketCutter({
      header: HEADER,
      sizeAt: (data, at) => {
        if (this.#isAccepted && !this.#isLoggedIn) throw new CheckDeclined("a packet behind the login");
        return sizeAt(data, at);
      },
      take,
    });
  }

  /** Says that the server lets the user in: libmariadb takes what follows for the answer to a command. */
  accept(): void {
    this.#isAccepted = true;
  }

  /** Says that the login is over, and that the driver gets no more packets. */
  endLogin(): void {
    this.#isLoggedIn = true;
  }

  send(data: Buffer): Buffer {
    const number = data[3] ?? 0;
    this.#next = number + 1;
    data[3] = number + this.#shift;
    return data;
  }

  push(piece: Buffer): Buffer {
    const whole = this.#cutter.push(piece);
    return this.#isLoggedIn ? NOTHING : whole;
  }

  #giveNumber(data: Buffer, at: number): void {
    data[at + 3] = this.#next;
    this.#next = (this.#next + 1) % 256;
  }
}

function sizeAt(data: Buffer, at: number): number {
  const length = data.readUIntLE(at, 3);
  if (length === 0) throw new ServerGone("closed");
  if (length >= MAX_PACKET) throw new CheckDeclined("a packet that is too large");
  return HEADER + length;
}
