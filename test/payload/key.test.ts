import { describe, expect, it } from "vitest";
import { keyFromPassword } from "../../src/payload/key.ts";

const PASSWORDS = [
  [
    "fills a short password with zeros",
    "test1234",
    `${Buffer.from("test1234").toString("hex")}${"00".repeat(24)}`,
  ],
  ["takes 32 bytes as they are", "k".repeat(32), "6b".repeat(32)],
  ["cuts a longer one", `${"k".repeat(32)}more`, "6b".repeat(32)],
  ["makes a key of zeros of none", "", "00".repeat(32)],
] as const;

describe("keyFromPassword", () => {
  it.each(PASSWORDS)("%s", (_, password, key) => {
    expect(keyFromPassword(Buffer.from(password)).toString("hex")).toBe(key);
  });

  it("counts bytes, not characters", () => {
    const key = keyFromPassword(Buffer.from("ü".repeat(17)));
    expect(key.toString("hex")).toBe("c3bc".repeat(16));
  });
});
