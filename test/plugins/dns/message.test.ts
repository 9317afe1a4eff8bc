import { expect, it } from "vitest";
import { decodeReply, encodeQuestion } from "../../../plugins/dns/message.ts";

const QUESTION = { id: 0x1234, name: "alias.example.test", type: 1 };

/** An answer of BIND 9.18: a CNAME and an address, names are pointers. */
const REPLY = Buffer.from(
  "123485800001000200000000" +
    "05616c696173076578616d706c6504746573740000010001" +
    "c00c000500010000003c0006036f6e65c012" +
    "c030000100010000003c0004c0000201",
  "hex",
);

it("asks as nslookup does", () => {
  expect(encodeQuestion(QUESTION).toString("hex")).toBe(
    "12340100000100000000000005616c696173076578616d706c6504746573740000010001",
  );
});

it("reads an answer", () => {
  expect(decodeReply(REPLY, QUESTION)).toEqual({
    id: 0x1234,
    isAuthoritative: true,
    isCut: false,
    isRecursive: true,
    code: 0,
    answers: [
      { name: "alias.example.test", type: 5, data: "one.example.test" },
      { name: "one.example.test", type: 1, data: Buffer.from([192, 0, 2, 1]) },
    ],
  });
});

it("takes no answer that is not whole", () => {
  for (let length = 0; length < REPLY.length; length += 1)
    expect(() => decodeReply(REPLY.subarray(0, length), QUESTION)).toThrow("only nslookup has words for");
});

it("ends with any bytes in it, and throws nothing but a decline", () => {
  for (let at = 0; at < REPLY.length; at += 1) {
    for (const byte of [0, 1, 0x3f, 0x40, 0x80, 0xc0, 0xff]) {
      const changed = Buffer.from(REPLY);
      changed[at] = byte;
      try {
        decodeReply(changed, QUESTION);
      } catch (error) {
        expect(error).toMatchObject({ name: "CheckDeclined" });
      }
    }
  }
});
