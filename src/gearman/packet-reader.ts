import { decodePacket, HEADER_LENGTH, MAGIC, type Magic, type Packet, ProtocolError } from "./packet.ts";
import { type PacketName, packetName } from "./packet-types.ts";

/**
 * Bytes: far more than any plugin prints. Without a limit, one junk length could make us wait for gigabytes.
 */
const MAX_BODY = 64 * 1024 * 1024;
const NOTHING = Buffer.alloc(0);

export interface PacketReaderOptions {
  readonly onPacket: (packet: Packet) => void;
  /** Each packet must begin with this. */
  readonly magic?: Magic;
  readonly maxBody?: number;
}

/**
 * Makes packets from a stream of bytes, however it is cut into chunks. Bytes in a packet are views on the
 * chunk, which may be overwritten after `push`. The receiver must copy what it keeps.
 */
export class PacketReader {
  readonly #onPacket: (packet: Packet) => void;
  readonly #magic: number;
  readonly #maxBody: number;
  /** The beginning of a packet whose end has not come yet, and room for more of it. */
  #begun: Buffer = NOTHING;
  #length = 0;
  #wanted = HEADER_LENGTH;

  constructor({ onPacket, magic = "response", maxBody = MAX_BODY }: PacketReaderOptions) {
    this.#onPacket = onPacket;
    this.#magic = MAGIC[magic];
    this.#maxBody = maxBody;
  }

  /** Throws a ProtocolError for bytes that are not Gearman. The stream cannot be read any further then. */
  push(chunk: Buffer): void {
    if (this.#length + chunk.length < this.#wanted) {
      this.#keep(chunk);
      return;
    }
    const bytes = this.#length === 0 ? chunk : this.#joinedWith(chunk);
    const end = this.#read(bytes);
    this.#begun = NOTHING;
    this.#length = 0;
    this.#keep(bytes.subarray(end));
  }

  /** Returns how many bytes belonged to complete packets. */
  #read(bytes: Buffer): number {
    let start = 0;
    for (;;) {
      this.#wanted = HEADER_LENGTH;
      if (bytes.length - start < HEADER_LENGTH) return start;

      const body = start + HEADER_LENGTH;
      const type = this.#readType(bytes, start);
      this.#wanted += this.#readBodyLength(bytes, start);
      const end = start + this.#wanted;
      if (bytes.length < end) return start;

      this.#onPacket(decodePacket(type, bytes.subarray(body, end)));
      start = end;
    }
  }

  #readType(bytes: Buffer, start: number): PacketName {
    if (bytes.readUInt32BE(start) !== this.#magic) {
      const junk = JSON.stringify(bytes.toString("latin1", start, start + HEADER_LENGTH));
      throw new ProtocolError(`this is not a Gearman packet: ${junk}`);
    }
    const number = bytes.readUInt32BE(start + 4);
    const type = packetName(number);
    if (type === undefined) throw new ProtocolError(`unknown packet type ${number}`);
    return type;
  }

  #readBodyLength(bytes: Buffer, start: number): number {
    const length = bytes.readUInt32BE(start + 8);
    if (length > this.#maxBody) {
      throw new ProtocolError(`a packet of ${length} bytes, more than the ${this.#maxBody} allowed`);
    }
    return length;
  }

  #joinedWith(chunk: Buffer): Buffer {
    return Buffer.concat([this.#begun.subarray(0, this.#length), chunk]);
  }

  /** The room is doubled when it is full: many small chunks kept apart take a hundred times their bytes. */
  #keep(part: Buffer): void {
    if (part.length === 0) return;
    const length = this.#length + part.length;
    if (length > this.#begun.length) {
      const room = Buffer.allocUnsafe(Math.max(length, Math.min(2 * this.#begun.length, this.#wanted)));
      this.#begun.copy(room, 0, 0, this.#length);
      this.#begun = room;
    }
    part.copy(this.#begun, this.#length);
    this.#length = length;
  }
}
