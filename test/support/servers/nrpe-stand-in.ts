import type { Socket } from "node:net";
import { crc32 } from "node:zlib";
import type { Serve } from "./fake-servers.ts";

/** What a client has asked, as far as a stand-in cares. */
export interface NrpeQuery {
  readonly version: number;
  readonly text: string;
}

/** What the stand-in does with a question. */
export type NrpeAnswer = (socket: Socket, query: NrpeQuery) => void;

export interface PacketParts {
  readonly version: number;
  readonly text: string;
  readonly returnCode?: number;
  readonly type?: number;
  readonly crc?: number;
  /** The length that a packet of version 3 or 4 says it has. */
  readonly length?: number;
  /** False: no NUL follows the text. */
  readonly isEnded?: boolean;
}

const RESPONSE = 2;

/** Builds the packet of a daemon, also a wrong one. Text is a byte string. */
export function nrpePacket(parts: PacketParts): Buffer {
  const { version, text, returnCode = 0, type = RESPONSE, isEnded = true } = parts;
  const bytes = Buffer.from(isEnded ? `${text}\0` : text, "latin1");
  const header = Buffer.alloc(version === 2 ? 10 : 16);
  header.writeUInt16BE(version, 0);
  header.writeUInt16BE(type, 2);
  header.writeUInt16BE(returnCode, 8);
  if (version !== 2) header.writeInt32BE(parts.length ?? bytes.length, 12);
  const body = version === 2 ? Buffer.concat([bytes, Buffer.alloc(1026)]).subarray(0, 1026) : bytes;
  const packet = Buffer.concat([header, body]);
  const padding = Buffer.alloc(version === 3 ? 3 : 0);
  packet.writeUInt32BE(parts.crc ?? crc32(Buffer.concat([packet, padding])), 4);
  return packet;
}

/** All queries are at least so long. */
const LEAST = 1036;

/** Reads one query of a connection, then calls `answer`. */
export function nrpeStandIn(answer: NrpeAnswer): Serve {
  return (socket) => {
    let known = Buffer.alloc(0);
    const onData = (data: Buffer) => {
      known = Buffer.concat([known, data]);
      if (known.length < LEAST || known.length < sizeOf(known)) return;
      socket.off("data", onData);
      socket.resume();
      const version = known.readUInt16BE(0);
      const text = known.toString("latin1", version === 2 ? 10 : 16).split("\0", 1)[0] ?? "";
      answer(socket, { version, text });
    };
    socket.on("data", onData);
  };
}

function sizeOf(packet: Buffer): number {
  const version = packet.readUInt16BE(0);
  if (version === 2) return LEAST;
  return 16 + packet.readInt32BE(12) + (version === 3 ? 3 : 0);
}
