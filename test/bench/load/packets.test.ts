import { describe, expect, it } from "vitest";
import { encodePacket, PACKET, packetReader } from "../../../bench/load/packets.ts";

const STREAM = Buffer.concat([
  encodePacket(PACKET.NOOP),
  encodePacket(PACKET.JOB_ASSIGN, "H:1", "check_results", Buffer.from([0, 255, 10])),
  encodePacket(PACKET.JOB_CREATED, "H:2"),
]);
const READ = [
  [PACKET.NOOP, ""],
  [PACKET.JOB_ASSIGN, "H:1\0check_results\0\0\xff\n"],
  [PACKET.JOB_CREATED, "H:2"],
];

function readAll(chunks: readonly Buffer[]) {
  const packets: [number, string][] = [];
  const read = packetReader((type, body) => packets.push([type, body.toString("latin1")]));
  for (const chunk of chunks) read(chunk);
  return packets;
}

describe("the load's reader of packets", () => {
  it.each(Array.from({ length: STREAM.length + 1 }, (_, at) => at))("reads a stream split at %i", (at) => {
    expect(readAll([STREAM.subarray(0, at), STREAM.subarray(at)])).toEqual(READ);
  });

  it("reads a stream byte by byte", () => {
    expect(readAll([...STREAM].map((byte) => Buffer.from([byte])))).toEqual(READ);
  });
});

describe("a packet of the load", () => {
  it("is as the protocol says", () => {
    const packet = encodePacket(PACKET.SUBMIT_JOB_BG, "q", "id", "job");
    expect(packet.toString("latin1")).toBe("\0REQ\0\0\0\x12\0\0\0\x08q\0id\0job");
  });
});
