import { describe, expect, it } from "vitest";
import { readMessageId } from "../../../../plugins/snmp/session/message-id.ts";

/** Messages of snmpget 5.9.3: with `-v 2c -c public`, and with `-v 3`, which asks for the engine. */
const V2C = Buffer.from(
  "302402010104067075626c6963a0170204336d90830201000201003009300706032b06010500",
  "hex",
);
const V3 = Buffer.from(
  [
    "303e02010330110204238bb334020300ffe30401040201030410300e0400020100020100",
    "040004000400301404000400a00e0204682ab4a60201000201003000",
  ].join(""),
  "hex",
);

describe("the number of a message", () => {
  it.each([
    ["of version 2c is the request-id", V2C, 0x336d9083],
    ["of version 3 is the msgID", V3, 0x238bb334],
    [
      "in a long form of its length is read, too",
      Buffer.concat([Buffer.from([0x30, 0x82, 0, V2C.length - 2]), V2C.subarray(2)]),
      0x336d9083,
    ],
  ])("%s", (_, message, id) => {
    expect(readMessageId(message)).toBe(id);
  });

  it.each([
    ["2c", V2C],
    ["3", V3],
  ])("is not read from a message of version %s that is cut anywhere", (_, message) => {
    for (let length = 0; length < message.length; length += 1) {
      expect(readMessageId(message.subarray(0, length))).toBeUndefined();
    }
  });

  it("is not read from other bytes", () => {
    for (const [at, byte] of [
      [0, 0x31],
      [2, 4],
      [5, 2],
      [15, 4],
      [1, 0x80],
      [1, 0x85],
    ] as const) {
      const message = Buffer.from(V2C);
      message[at] = byte;
      expect(readMessageId(message)).toBeUndefined();
    }
  });
});
