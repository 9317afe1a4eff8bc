import { describe, expect, it } from "vitest";
import { decodeBase64 } from "../../src/payload/base64.ts";

const TEXT = "type=host\nhost_name=web1\n";
const BASE64 = Buffer.from(TEXT).toString("base64");

const READABLE = [
  ["on one line", BASE64],
  ["wrapped with LF", BASE64.replace(/.{8}/g, "$&\n")],
  ["wrapped with CR LF", BASE64.replace(/.{8}/g, "$&\r\n")],
  ["with a line feed at the end", `${BASE64}\n`],
  ["with blanks and tabs around", ` \t${BASE64}\t \r\n`],
  ["with a NUL at the end", `${BASE64}\0`],
  ["without =", BASE64.replace(/=+$/, "")],
] as const;

const UNREADABLE = [
  ["text", "type=host\nhost_name=web1\n"],
  ["a foreign character", `${BASE64.slice(0, 8)}!${BASE64.slice(9)}`],
  ["a foreign character too many", `${BASE64.slice(0, 8)}!${BASE64.slice(8)}`],
  ["a byte above ASCII", `${BASE64.slice(0, 8)}\xe4${BASE64.slice(9)}`],
  ["= in the middle", `${BASE64}${BASE64}`],
  ["one letter alone", "dHlwZ"],
  ["too many =", "dHlwZQ==="],
] as const;

describe("decodeBase64", () => {
  it.each(READABLE)("reads base64 %s", (_, workload) => {
    expect(decodeBase64(Buffer.from(workload, "latin1"))?.toString()).toBe(TEXT);
  });

  it.each(UNREADABLE)("refuses %s", (_, workload) => {
    expect(decodeBase64(Buffer.from(workload, "latin1"))).toBeUndefined();
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8])("reads %i bytes back", (length) => {
    const bytes = Buffer.alloc(length, 0xff);
    expect(decodeBase64(Buffer.from(bytes.toString("base64")))).toEqual(bytes);
  });

  it("reads a megabyte wrapped after 76 letters", () => {
    const bytes = Buffer.alloc(1_000_000, "job");
    const wrapped = bytes.toString("base64").replace(/.{76}/g, "$&\n");
    expect(decodeBase64(Buffer.from(wrapped))?.equals(bytes)).toBe(true);
  });
});
