import { describe, expect, it } from "vitest";
import { createCipher } from "../../src/payload/cipher.ts";
import { keyFromPassword } from "../../src/payload/key.ts";
import { unpaddedLength } from "../../src/payload/padding.ts";

const GO_KEY = keyFromPassword(Buffer.from("LaDPjcEqfZuKnUJStXHX27bxkHLAHSbD"));
const GO_VECTOR = Buffer.from("xzJEkKA+e/nBusozXOuPBz9hzIgUsEpHrZT0yo+HaPw=", "base64");

describe("createCipher", () => {
  it("decrypts the Go worker's vector", () => {
    const bytes = createCipher(GO_KEY).decrypt(GO_VECTOR);
    expect(bytes.toString("latin1", 0, unpaddedLength(bytes))).toBe("encrypt me please");
  });

  it("keeps nothing between messages", () => {
    const cipher = createCipher(GO_KEY);
    const first = cipher.encrypt("a".repeat(32));
    cipher.encrypt("b".repeat(48));
    expect(cipher.encrypt("a".repeat(32))).toEqual(first);
  });

  it("refuses a broken block, which would spoil the next message", () => {
    const cipher = createCipher(GO_KEY);
    expect(() => cipher.encrypt("seventeen letters")).toThrow(RangeError);
    expect(() => cipher.decrypt(GO_VECTOR.subarray(0, 17))).toThrow(RangeError);
    expect(cipher.decrypt(GO_VECTOR).toString("latin1", 0, 17)).toBe("encrypt me please");
  });

  it("refuses a key that has not 32 bytes", () => {
    expect(() => createCipher(Buffer.from("short"))).toThrow();
  });
});
