import { PACKET_TYPES, type PacketName } from "./packet-types.ts";

type BytesArgument = "workload" | "data";

export type PacketOf<Name extends PacketName> = { readonly type: Name } & {
  readonly [Argument in (typeof PACKET_TYPES)[Name]["arguments"][number]]: Argument extends BytesArgument
    ? Uint8Array
    : string;
};

/**
 * One message. Its texts, such as queue names and handles, are byte strings (latin1, one character per byte).
 */
export type Packet = { readonly [Name in PacketName]: PacketOf<Name> }[PacketName];

/** The sender of a packet: a worker or client (`request`), or the job server (`response`). */
export type Magic = keyof typeof MAGIC;

export const MAGIC = { request: 0x00_52_45_51, response: 0x00_52_45_53 } as const;
export const HEADER_LENGTH = 12;

/** The other side does not speak Gearman, or a value cannot be sent in a Gearman packet. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

export function encodePacket(packet: Packet, magic: Magic = "request"): Buffer {
  const { number, arguments: names } = PACKET_TYPES[packet.type];
  const values: Readonly<Record<string, string | Uint8Array>> = packet;
  const bytes = Buffer.allocUnsafe(HEADER_LENGTH + bodyLength(names, values));
  bytes.writeUInt32BE(MAGIC[magic], 0);
  bytes.writeUInt32BE(number, 4);
  bytes.writeUInt32BE(bytes.length - HEADER_LENGTH, 8);

  let offset = HEADER_LENGTH;
  for (const name of names) {
    if (offset > HEADER_LENGTH) bytes[offset - 1] = 0;
    offset += writeArgument(bytes, offset, name, values[name] ?? "") + 1;
  }
  return bytes;
}

/** `body` is the packet without its header. A `workload` or `data` is a view on it, not a copy. */
export function decodePacket(type: PacketName, body: Buffer): Packet {
  const names: readonly string[] = PACKET_TYPES[type].arguments;
  const packet: Record<string, unknown> = { type };
  let start = 0;
  for (let i = 0; i < names.length; i++) {
    const name = names[i] ?? "";
    const nul = isBytes(name) ? -1 : body.indexOf(0, start);
    const isLast = i === names.length - 1;
    if (nul < 0 && !isLast) throw new ProtocolError(`${type} ends before its argument '${names[i + 1]}'`);
    // gearmand sometimes leaves a NUL after the last text, as in the WORK_FAIL it makes from a
    // WORK_EXCEPTION.
    const end = nul < 0 ? body.length : nul;
    packet[name] = isBytes(name) ? body.subarray(start, end) : body.toString("latin1", start, end);
    start = end + 1;
  }
  return packet as Packet;
}

function bodyLength(names: readonly string[], values: Readonly<Record<string, string | Uint8Array>>): number {
  let length = Math.max(0, names.length - 1);
  for (const name of names) length += (values[name] ?? "").length;
  return length;
}

function writeArgument(target: Buffer, offset: number, name: string, value: string | Uint8Array): number {
  if (typeof value !== "string") {
    target.set(value, offset);
    return value.length;
  }
  if (value.includes("\0")) throw new ProtocolError(`a NUL byte in the argument '${name}'`);
  return target.write(value, offset, "latin1");
}

function isBytes(name: string): name is BytesArgument {
  return name === "workload" || name === "data";
}
