import { describe, expect, it } from "vitest";
import { PacketFramer } from "../../../../plugins/mysql/client/packet-framer.ts";
import { ResultReader } from "../../../../plugins/mysql/client/result.ts";
import { CheckDeclined } from "../../../../sdk/index.ts";

/** What MariaDB 10.11 sent as the answer to `select 1 as a, 'one' as b union select 2, 'two'`. */
const RECORDED = Buffer.from(
  [
    "0100000102",
    "190000020364656600000001610161000c3f0002000000030100000000",
    "190000030364656600000001620162000c2d000c000000fd0100000000",
    "05000004fe00002200",
    "060000050131036f6e65",
    "0600000601320374776f",
    "05000007fe00002200",
  ].join(""),
  "hex",
);

describe("the packets of an answer", () => {
  const read = (pieces: readonly Buffer[]) => {
    const reader = new ResultReader(10);
    const framer = new PacketFramer((packet) => reader.push(packet), 0);
    framer.send(Buffer.from([1, 0, 0, 0, 3]));
    for (const piece of pieces) framer.push(Buffer.from(piece));
    return reader.result;
  };
  const whole = {
    kind: "rows",
    columns: ["a", "b"],
    count: 2,
    rows: [
      ["1", "one"],
      ["2", "two"],
    ],
  };

  it("are the same however they are cut", () => {
    expect(read([RECORDED])).toEqual(whole);
    for (let at = 0; at <= RECORDED.length; at += 1)
      expect(read([RECORDED.subarray(0, at), RECORDED.subarray(at)])).toEqual(whole);
    expect(read([...RECORDED].map((byte) => Buffer.of(byte)))).toEqual(whole);
  });
});

describe("a packet", () => {
  it("gets the number that the driver expects", () => {
    const framer = new PacketFramer(() => {}, 1);
    expect(framer.send(Buffer.from([1, 0, 0, 1, 9]))[3]).toBe(2);
    expect(framer.push(Buffer.from([1, 0, 0, 77, 0]))[3]).toBe(2);
    framer.endLogin();
    expect(framer.send(Buffer.from([1, 0, 0, 0, 9]))[3]).toBe(0);
  });

  it("behind a lone one begins to count anew, however they are cut", () => {
    const ping = Buffer.from("0700000100000002000000", "hex");
    const all = Buffer.concat([ping, RECORDED]);
    const numbersOf = (pieces: readonly Buffer[]) => {
      const framer = new PacketFramer(() => {}, 0);
      framer.expectLone();
      for (const code of [14, 3]) framer.send(Buffer.from([1, 0, 0, 0, code]));
      const whole = Buffer.concat(pieces.map((piece) => Buffer.from(framer.push(Buffer.from(piece)))));
      const numbers: (number | undefined)[] = [];
      for (let at = 0; at < whole.length; at += 4 + whole.readUIntLE(at, 3)) numbers.push(whole[at + 3]);
      return numbers;
    };
    for (let at = 0; at <= all.length; at += 1)
      expect(numbersOf([all.subarray(0, at), all.subarray(at)])).toEqual([1, 0, 1, 2, 3, 4, 5, 6]);
  });

  it("that is empty ends the connection, and one that is too large is declined", () => {
    const push = (...bytes: readonly number[]) => new PacketFramer(() => {}, 0).push(Buffer.from(bytes));
    expect(() => push(0, 0, 0, 1)).toThrow("the server has closed the connection");
    expect(() => push(0xff, 0xff, 0xff, 1)).toThrow(CheckDeclined);
  });
});
