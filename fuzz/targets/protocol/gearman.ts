import { isDeepStrictEqual } from "node:util";
import { encodePacket, type Magic, type Packet, ProtocolError } from "../../../src/gearman/packet.ts";
import { PacketReader } from "../../../src/gearman/packet-reader.ts";
import { cutUp } from "../../engine/cut.ts";
import { insist, type PureTarget } from "../../engine/target.ts";

const HEADER = 12;
const bytesOf = (text: string) => Buffer.from(text, "latin1");

const RESPONSES: readonly Packet[] = [
  { type: "NO_JOB" },
  { type: "NOOP" },
  {
    type: "JOB_ASSIGN_UNIQ",
    handle: "H:web1:1",
    queue: "service",
    unique: "52FD90D6",
    workload: bytesOf("ZEI4"),
  },
  { type: "JOB_ASSIGN", handle: "H:web1:2", queue: "host", workload: bytesOf("x\0y") },
  { type: "JOB_CREATED", handle: "H:web1:3" },
  { type: "WORK_COMPLETE", handle: "H:web1:3", data: bytesOf("done") },
  { type: "WORK_FAIL", handle: "H:web1:3" },
  { type: "ECHO_RES", data: bytesOf("alive?") },
  { type: "ERROR", code: "INVALID_COMMAND", text: "Command not expected" },
];
const REQUESTS: readonly Packet[] = [
  { type: "CAN_DO", queue: "service" },
  { type: "GRAB_JOB_UNIQ" },
  { type: "PRE_SLEEP" },
  { type: "SUBMIT_JOB_BG", queue: "check_results", unique: "a", workload: bytesOf("eA==") },
  { type: "WORK_COMPLETE", handle: "H:web1:1", data: bytesOf("") },
  { type: "SET_CLIENT_ID", clientId: "omd" },
  { type: "ECHO_REQ", data: bytesOf("x") },
];

/** What a job server sends to the worker, and what its clients send to a job server. */
export const GEARMAN: readonly PureTarget[] = [
  streamTarget("gearman-response", "response", RESPONSES),
  streamTarget("gearman-request", "request", REQUESTS),
];

function streamTarget(name: string, magic: Magic, packets: readonly Packet[]): PureTarget {
  const encoded = packets.map((packet) => encodePacket(packet, magic));
  return {
    name,
    kind: "pure",
    mayThrow: [ProtocolError],
    samples: () => [...encoded, Buffer.concat(encoded)],
    tokens: ["\0RES", "\0REQ", "\0\0\0\x0c", "\0", "\0\0\0\0", "\x04\0\0\0", "\0\0\0\x1f", "H:a:1"],
    make: (random) => {
      const packet = Buffer.alloc(HEADER + random.below(40), random.below(256));
      packet.write(magic === "request" ? "\0REQ" : "\0RES", "latin1");
      packet.writeUInt32BE(1 + random.below(43), 4);
      packet.writeUInt32BE(packet.length - HEADER, 8);
      for (let at = HEADER; at < packet.length; at += 1 + random.below(6)) packet[at] = 0;
      return packet;
    },
    read: (bytes) => readBothWays(bytes, magic),
  };
}

function readBothWays(bytes: Buffer, magic: Magic): unknown {
  const whole = readStream([Buffer.from(bytes)], magic);
  const inPieces = readStream(cutUp(bytes), magic);
  insist(isDeepStrictEqual(whole, inPieces), "pieces are read in another way than the whole");
  const length = whole.packets.reduce((sum, packet) => sum + HEADER + sizeOf(packet), 0);
  insist(length <= bytes.length, "packets hold more than there was");
  for (const packet of whole.packets) {
    const again = readStream([encodePacket(packet, magic)], magic);
    insist(isDeepStrictEqual(again.packets, [packet]), "a packet that is sent on is another one");
  }
  if (whole.error !== undefined) throw new ProtocolError(whole.error);
  return whole.packets;
}

function readStream(pieces: readonly Buffer[], magic: Magic) {
  const packets: Packet[] = [];
  const reader = new PacketReader({ magic, onPacket: (packet) => packets.push(copyOf(packet)) });
  try {
    for (const piece of pieces) {
      reader.push(piece);
      // As the socket's next read does.
      piece.fill(0xee);
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { packets, error: error.message };
  }
  return { packets, error: undefined };
}

function copyOf(packet: Packet): Packet {
  const entries = Object.entries(packet).map(([name, value]) => [
    name,
    ArrayBuffer.isView(value) ? Buffer.from(value as Uint8Array) : value,
  ]);
  return Object.fromEntries(entries) as Packet;
}

function sizeOf({ type: _, ...values }: Packet): number {
  return Object.values(values).reduce<number>((sum, value) => sum + (value as string | Uint8Array).length, 0);
}
