/** How packets of a protocol begin. */
export interface PacketShape {
  /** Bytes of a header. */
  readonly header: number;
  /** Reads the header at `at`: bytes of the packet, with its header. Throws at one that cannot be read. */
  readonly sizeAt: (data: Buffer, at: number) => number;
  /** Takes a whole packet: the bytes of `data` from `start` to `end`, without the header before them. */
  readonly take: (data: Buffer, start: number, end: number) => void;
}

const NOTHING = Buffer.alloc(0);

/** Cuts the stream of a server into packets. It keeps what has come of a packet until the rest comes. */
export class PacketCutter {
  readonly #shape: PacketShape;
  #kept: Buffer[] = [];
  #size = 0;
  #wanted = 0;

  constructor(shape: PacketShape) {
    this.#shape = shape;
  }

  /** Takes a piece of the stream. Gives the bytes of the packets that are whole now, which were taken. */
  push(piece: Buffer): Buffer {
    const data = this.#add(piece);
    if (data === undefined) return NOTHING;
    const { header, sizeAt, take } = this.#shape;
    let at = 0;
    let wanted = header;
    while (at + header <= data.length) {
      const size = sizeAt(data, at);
      if (at + size > data.length) {
        wanted = size;
        break;
      }
      take(data, at + header, at + size);
      at += size;
    }
    this.#keep(data, at, wanted);
    return data.subarray(0, at);
  }

  /** Gives all bytes that were not taken yet; undefined while they are fewer than wanted. */
  #add(piece: Buffer): Buffer | undefined {
    if (this.#size === 0) return piece;
    this.#kept.push(piece);
    this.#size += piece.length;
    return this.#size < this.#wanted ? undefined : Buffer.concat(this.#kept, this.#size);
  }

  /** Keeps what begins at `at`, until it is `wanted` bytes. */
  #keep(data: Buffer, at: number, wanted: number): void {
    if (at === data.length && this.#size === 0) return;
    this.#kept = at === data.length ? [] : [data.subarray(at)];
    this.#size = data.length - at;
    this.#wanted = wanted;
  }
}
