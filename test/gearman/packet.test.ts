import { describe, expect, it } from "vitest";
import {
  decodePacket,
  encodePacket,
  HEADER_LENGTH,
  type Packet,
  ProtocolError,
} from "../../src/gearman/packet.ts";
import { PACKET_TYPES, type PacketName, packetName } from "../../src/gearman/packet-types.ts";
import { RECORDED, wireBytes } from "./wire.ts";

describe("a packet", () => {
  it("of every kind recorded is read and written byte for byte", () => {
    for (const recorded of RECORDED) {
      const bytes = wireBytes(recorded);
      const packet = decodePacket(recorded.packet as PacketName, bytes.subarray(HEADER_LENGTH));
      expect(texts(packet)).toEqual([recorded.packet, ...recorded.args]);
      expect(encodePacket(packet, recorded.magic === "REQ" ? "request" : "response").equals(bytes)).toBe(
        true,
      );
    }
  });

  it("keeps NUL bytes and any other byte of its workload", () => {
    const workload = Buffer.from([0, 1, 0, 0xa0, 0xff, 0]);
    const packet: Packet = { type: "SUBMIT_JOB_BG", queue: "service", unique: "", workload };
    const bytes = encodePacket(packet);
    expect(bytes.subarray(HEADER_LENGTH).toString("latin1")).toBe("service\0\0\0\x01\0\xa0\xff\0");
    expect(decodePacket("SUBMIT_JOB_BG", bytes.subarray(HEADER_LENGTH))).toEqual(packet);
  });

  it("takes a queue's name as bytes, one character each", () => {
    const bytes = encodePacket({ type: "CAN_DO", queue: "hostgroup_M\xc3\xbcnchen" });
    expect(bytes.subarray(HEADER_LENGTH).toString("utf8")).toBe("hostgroup_München");
  });

  it("refuses a NUL in a name: it would begin the next argument", () => {
    expect(() => encodePacket({ type: "CAN_DO", queue: "ho\0st" })).toThrow(
      new ProtocolError("a NUL byte in the argument 'queue'"),
    );
  });

  it("may end with a NUL behind its last text, as gearmand writes it", () => {
    expect(decodePacket("WORK_FAIL", Buffer.from("H:vm:1\0"))).toEqual({
      type: "WORK_FAIL",
      handle: "H:vm:1",
    });
  });

  it("that ends too early says which argument is missing", () => {
    expect(() => decodePacket("JOB_ASSIGN_UNIQ", Buffer.from("H:a:1\0service"))).toThrow(
      new ProtocolError("JOB_ASSIGN_UNIQ ends before its argument 'unique'"),
    );
  });
});

describe("the table of packet types", () => {
  const rows = Object.entries(PACKET_TYPES) as [PacketName, (typeof PACKET_TYPES)[PacketName]][];

  it("has each number once", () => {
    const numbers = rows.map(([, { number }]) => number);
    expect(new Set(numbers).size).toBe(rows.length);
    expect(Math.max(...numbers)).toBe(42);
  });

  it.each(rows)("%s is found by its number", (name, { number }) => {
    expect(packetName(number)).toBe(name);
  });

  it.each(rows)("%s has bytes only as its last argument", (_, { arguments: names }) => {
    const before: readonly string[] = names.slice(0, -1);
    expect(before).not.toContain("workload");
    expect(before).not.toContain("data");
  });
});

function texts(packet: Packet): readonly string[] {
  return Object.values(packet).map((value: string | Uint8Array) =>
    typeof value === "string" ? value : Buffer.from(value).toString("latin1"),
  );
}
