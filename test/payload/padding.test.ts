import { describe, expect, it } from "vitest";
import { pad, unpaddedLength } from "../../src/payload/padding.ts";

const TEXT = "type=host\ncommand_line=/bin/true";
const LENGTHS = Array.from({ length: 18 }, (_, length) => length);

describe("pad", () => {
  it.each(LENGTHS)("adds NULs to %i bytes up to a whole block, one at least", (length) => {
    const text = "x".repeat(length);
    const padded = pad(text);
    expect(padded).toMatch(/^x*\0+$/);
    expect(padded.length).toBe((Math.floor(length / 16) + 1) * 16);
    expect(padded.startsWith(text)).toBe(true);
  });
});

describe("unpaddedLength", () => {
  it.each(LENGTHS)("removes %i NULs, the C worker's padding", (length) => {
    expect(unpadded(`${TEXT}\n\n\n${"\0".repeat(length)}`)).toBe(TEXT);
  });

  it.each(LENGTHS)("removes %i line feeds, the Go worker's padding", (length) => {
    expect(unpadded(TEXT + "\n".repeat(length))).toBe(TEXT);
  });

  it.each(LENGTHS.slice(1, 17))("removes %i bytes of PKCS#5 padding", (length) => {
    expect(unpadded(`${TEXT}\n${String.fromCharCode(length).repeat(length)}`)).toBe(TEXT);
  });

  it("keeps an incomplete PKCS#5 padding: it is text", () => {
    expect(unpadded(`${TEXT}\x03\x03`)).toBe(`${TEXT}\x03\x03`);
    expect(unpadded(`${TEXT}\x11`)).toBe(`${TEXT}\x11`);
  });

  it("keeps blanks, and NULs and line feeds inside", () => {
    expect(unpadded(`${TEXT} \n\0x \t\r\n\0`)).toBe(`${TEXT} \n\0x \t\r`);
  });

  it.each(["", "\0", "\n\0", "\x01"])("finds no text if there is only padding", (text) => {
    expect(unpadded(text)).toBe("");
  });
});

function unpadded(text: string): string {
  const bytes = Buffer.from(text, "latin1");
  return bytes.toString("latin1", 0, unpaddedLength(bytes));
}
