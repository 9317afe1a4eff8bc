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
  it.each(LENGTHS)("takes %i NULs off, as C pads", (length) => {
    expect(unpadded(`${TEXT}\n\n\n${"\0".repeat(length)}`)).toBe(TEXT);
  });

  it.each(LENGTHS)("takes %i line feeds off, as Go pads", (length) => {
    expect(unpadded(TEXT + "\n".repeat(length))).toBe(TEXT);
  });

  it.each(LENGTHS.slice(1, 17))("takes %i bytes of PKCS#5 off", (length) => {
    expect(unpadded(`${TEXT}\n${String.fromCharCode(length).repeat(length)}`)).toBe(TEXT);
  });

  it("keeps an incomplete PKCS#5 padding: it is text", () => {
    expect(unpadded(`${TEXT}\x03\x03`)).toBe(`${TEXT}\x03\x03`);
    expect(unpadded(`${TEXT}\x11`)).toBe(`${TEXT}\x11`);
  });

  it("keeps blanks, and NULs and line feeds inside", () => {
    expect(unpadded(`${TEXT} \n\0x \t\r\n\0`)).toBe(`${TEXT} \n\0x \t\r`);
  });

  it.each(["", "\0", "\n\0", "\x01"])("finds no text in padding alone", (text) => {
    expect(unpadded(text)).toBe("");
  });
});

function unpadded(text: string): string {
  const bytes = Buffer.from(text, "latin1");
  return bytes.toString("latin1", 0, unpaddedLength(bytes));
}
