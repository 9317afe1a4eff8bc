/** Types of packets, MS-TDS 2.2.3.1.1. */
export const PACKET = {
  batch: 0x01,
  rpc: 0x03,
  reply: 0x04,
  attention: 0x06,
  transaction: 0x0e,
  login: 0x10,
  sspi: 0x11,
  prelogin: 0x12,
} as const;

const HEADER = 8;
const END_OF_MESSAGE = 0x01;
const PACKET_SIZE = 4096;

export interface TdsMessage {
  readonly type: number;
  readonly body: Buffer;
}

/** Takes bytes in any cut, and gives whole messages. */
export class MessageReader {
  #bytes: Buffer = Buffer.alloc(0);
  #bodies: Buffer[] = [];

  push(data: Buffer): readonly TdsMessage[] {
    this.#bytes = Buffer.concat([this.#bytes, data]);
    const messages: TdsMessage[] = [];
    while (this.#bytes.length >= HEADER) {
      const length = this.#bytes.readUInt16BE(2);
      if (length < HEADER) throw new Error("a TDS packet that is shorter than its header");
      if (this.#bytes.length < length) break;
      const packet = this.#bytes.subarray(0, length);
      this.#bytes = this.#bytes.subarray(length);
      this.#bodies.push(packet.subarray(HEADER));
      if ((packet.readUInt8(1) & END_OF_MESSAGE) === 0) continue;
      messages.push({ type: packet.readUInt8(0), body: Buffer.concat(this.#bodies) });
      this.#bodies = [];
    }
    return messages;
  }
}

/** A message in packets of 4096 bytes, each of which has a header. */
export function frameMessage(type: number, body: Buffer): Buffer {
  const most = PACKET_SIZE - HEADER;
  const count = Math.max(1, Math.ceil(body.length / most));
  return Buffer.concat(
    Array.from({ length: count }, (_, at) => {
      const part = body.subarray(at * most, (at + 1) * most);
      const header = Buffer.alloc(HEADER);
      header.writeUInt8(type, 0);
      header.writeUInt8(at === count - 1 ? END_OF_MESSAGE : 0, 1);
      header.writeUInt16BE(HEADER + part.length, 2);
      header.writeUInt8((at + 1) & 0xff, 6);
      return Buffer.concat([header, part]);
    }),
  );
}
