import { expect, it } from "vitest";
import { MessageFramer } from "../../../../plugins/pgsql/client/message-framer.ts";
import { CheckDeclined } from "../../../../sdk/index.ts";
import { ACCEPTED, error, message, ONE } from "../speaker.ts";

const ALL = Buffer.concat([ACCEPTED, error({ S: "ERROR", M: "no" }), ONE]);

it.each([1, 2, 3, 5, 7, 1000])("gives whole messages of pieces of %d bytes", (size) => {
  const framer = new MessageFramer(1000);
  const given: Buffer[] = [];
  for (let at = 0; at < ALL.length; at += size) given.push(framer.push(ALL.subarray(at, at + size)));
  expect(Buffer.concat(given)).toEqual(ALL);
  expect(given.every((each) => each.length === 0 || each.readUInt32BE(1) < each.length)).toBe(true);
});

it.each([
  ["an error without an end", message("E", "SERROR\0Mno\0")],
  ["an error whose text has no end", message("E", "SERROR\0Mno")],
  ["a notice without fields", message("N", "")],
  ["a length below its own", Buffer.from("Z\0\0\0\x03I", "latin1")],
  ["a message above the limit", Buffer.from("D\0\x01\0\0x", "latin1")],
])("declines %s", (_, bytes) => {
  expect(() => new MessageFramer(1000).push(bytes)).toThrow(CheckDeclined);
});
