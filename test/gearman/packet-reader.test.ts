import { describe, expect, it } from "vitest";
import { HEADER_LENGTH, type Magic, type Packet, ProtocolError } from "../../src/gearman/packet.ts";
import { PacketReader } from "../../src/gearman/packet-reader.ts";
import { RECORDED, type Recorded, wireBytes } from "./wire.ts";

/** To cut the longest at each of its 50,000 bytes would take minutes and show nothing more. */
const EVERY_SPLIT_BELOW = 2_000;
const LONG_STEP = 997;

describe("the packet reader", () => {
  it("reads every recorded packet, cut in two anywhere", () => {
    for (const recorded of RECORDED) {
      const bytes = wireBytes(recorded);
      const step = bytes.length < EVERY_SPLIT_BELOW ? 1 : LONG_STEP;
      for (let at = 0; at <= bytes.length; at += step) {
        const packets = readChunks(recorded.magic, [bytes.subarray(0, at), bytes.subarray(at)]);
        if (packets.length !== 1 || !isAlike(packets[0], recorded)) {
          expect.fail(`${recorded.packet} cut at byte ${at}: ${JSON.stringify(packets)}`);
        }
      }
    }
  });

  it.each([1, 2, 3, 7, 11, 12, 13, 100, 1_001, 65_536])(
    "reads a whole stream in chunks of %i bytes",
    (size) => {
      for (const magic of ["REQ", "RES"] as const) {
        const sent = RECORDED.filter((recorded) => recorded.magic === magic);
        const stream = Buffer.concat(sent.map(wireBytes));
        const chunks = Array.from({ length: Math.ceil(stream.length / size) }, (_, i) =>
          stream.subarray(i * size, (i + 1) * size),
        );
        const packets = readChunks(magic, chunks);
        expect(packets).toHaveLength(sent.length);
        expect(sent.filter((recorded, i) => !isAlike(packets[i], recorded))).toEqual([]);
      }
    },
  );

  it("hands over what came before junk, then gives up", () => {
    const packets: Packet[] = [];
    const reader = new PacketReader({ onPacket: (packet) => packets.push(packet) });
    const noJob = wireBytes({ magic: "RES", packet: "NO_JOB", args: [] });
    expect(() => reader.push(Buffer.concat([noJob, Buffer.from("HTTP/1.1 400 Bad Request")]))).toThrow(
      new ProtocolError('this is not a Gearman packet: "HTTP/1.1 400"'),
    );
    expect(packets).toEqual([{ type: "NO_JOB" }]);
  });

  it.each([
    ["the other side's magic", header("\0REQ", 10, 0), 'this is not a Gearman packet: "\\u0000REQ'],
    ["an unknown type", header("\0RES", 99, 0), "unknown packet type 99"],
    ["the type that is only text", header("\0RES", 0, 0), "unknown packet type 0"],
    ["a length of gigabytes", header("\0RES", 31, 0xffff_ffff), "a packet of 4294967295 bytes"],
    [
      "a missing argument",
      Buffer.concat([header("\0RES", 31, 1), Buffer.from("x")]),
      "ends before its argument",
    ],
  ])("refuses %s", (_, bytes, message) => {
    const reader = new PacketReader({ onPacket: () => {} });
    expect(() => reader.push(bytes)).toThrow(ProtocolError);
    expect(() => new PacketReader({ onPacket: () => {} }).push(bytes)).toThrow(message);
  });

  it("refuses a length above its limit as soon as the header is there", () => {
    const reader = new PacketReader({ onPacket: () => {}, maxBody: 100 });
    reader.push(header("\0RES", 13, 100));
    expect(() =>
      new PacketReader({ onPacket: () => {}, maxBody: 100 }).push(header("\0RES", 13, 101)),
    ).toThrow("a packet of 101 bytes, more than the 100 allowed");
  });
});

function readChunks(magic: "REQ" | "RES", chunks: readonly Buffer[]): readonly Packet[] {
  const packets: Packet[] = [];
  const sender: Magic = magic === "REQ" ? "request" : "response";
  const reader = new PacketReader({ magic: sender, onPacket: (packet) => packets.push(packet) });
  for (const chunk of chunks) reader.push(chunk);
  return packets;
}

function isAlike(packet: Packet | undefined, recorded: Recorded): boolean {
  const [type, ...args] = Object.values(packet ?? {}).map((value: string | Uint8Array) =>
    typeof value === "string" ? value : Buffer.from(value).toString("latin1"),
  );
  return type === recorded.packet && args.join("\0") === recorded.args.join("\0");
}

function header(magic: string, number: number, length: number): Buffer {
  const bytes = Buffer.alloc(HEADER_LENGTH);
  bytes.write(magic, "latin1");
  bytes.writeUInt32BE(number, 4);
  bytes.writeUInt32BE(length, 8);
  return bytes;
}
