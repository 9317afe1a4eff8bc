import { crc32 } from "node:zlib";

/** The version of a packet. Version 1 is of the last century. */
export type PacketVersion = 2 | 3 | 4;

/** What all versions begin with: version, type, CRC and return code. */
export const HEADER_SIZE = 10;
/** The size of version 2 packets, and the least of others. */
const FIXED_SIZE = 1036;
/** Where the text begins in versions 3 and 4, behind two empty bytes and the length. */
const TEXT_AT = 16;
/** Bytes behind the text: version 3 leaves out one of the four that C adds to its structure. */
const PADDING = { 3: 3, 4: 0 } as const;
const MAX_TEXT = 1024;
const QUERY = 1;
const RESPONSE = 2;
/** Where the CRC stands, which counts as 0 for itself. */
const CRC_AT = 4;

/** Makes the packet that asks for a command. Its text is a byte string. */
export function buildQuery(query: string, version: PacketVersion): Buffer {
  const packet = version === 2 ? buildFixed(query) : buildSized(query, version);
  packet.writeUInt16BE(version, 0);
  packet.writeUInt16BE(QUERY, 2);
  packet.writeUInt32BE(crc32(packet), CRC_AT);
  return packet;
}

function buildFixed(query: string): Buffer {
  const packet = Buffer.alloc(FIXED_SIZE);
  packet.write(query.slice(0, MAX_TEXT - 1), HEADER_SIZE, "latin1");
  return packet;
}

function buildSized(query: string, version: 3 | 4): Buffer {
  const padding = PADDING[version];
  const size = Math.max(FIXED_SIZE, TEXT_AT + query.length + 1 + padding);
  const packet = Buffer.alloc(size);
  packet.writeUInt32BE(size - TEXT_AT - padding, 12);
  packet.write(query, TEXT_AT, "latin1");
  return packet;
}

/** The beginning of a packet, as far as the plugin looks at it before it reads on. */
export interface Header {
  readonly version: number;
  readonly isResponse: boolean;
}

export function readHeader(bytes: Buffer): Header {
  return { version: bytes.readUInt16BE(0), isResponse: bytes.readUInt16BE(2) === RESPONSE };
}

/** How many bytes follow the header in version 2. */
export const FIXED_REST = FIXED_SIZE - HEADER_SIZE;

/** A packet that was read in full. */
export interface ReceivedPacket {
  readonly version: PacketVersion;
  readonly header: Buffer;
  /** What follows the header, or the length in versions 3 and 4. */
  readonly rest: Buffer;
}

export function isIntact({ version, header, rest }: ReceivedPacket): boolean {
  const start = Buffer.from(header);
  const expected = start.readUInt32BE(CRC_AT);
  start.fill(0, CRC_AT, CRC_AT + 4);
  if (version === 2) return crc32(rest, crc32(start)) === expected;
  const length = Buffer.alloc(TEXT_AT - HEADER_SIZE);
  length.writeUInt32BE(rest.length, 2);
  return crc32(Buffer.alloc(PADDING[version]), crc32(rest, crc32(length, crc32(start)))) === expected;
}

/** The return code, as the plugin keeps it: 16 bits with a sign. */
export function readReturnCode({ header }: ReceivedPacket): number {
  return header.readInt16BE(8);
}

/** The text up to its first NUL, as a byte string. */
export function readText({ version, rest }: ReceivedPacket): string {
  const text = version === 2 ? rest.subarray(0, MAX_TEXT - 1) : rest;
  const end = text.indexOf(0);
  return text.toString("latin1", 0, end < 0 ? text.length : end);
}
