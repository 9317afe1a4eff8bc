import { describe, expect, it } from "vitest";
import { controlAddress, controlName, findControlNames } from "../../src/control/address.ts";

describe("the name of a control socket", () => {
  it.each([
    ["gw", "omd-worker/gw"],
    ["gw.example.com", "omd-worker/gw.example.com"],
  ])("of the worker %s is %s", (identifier, name) => {
    expect(controlName(identifier)).toBe(name);
    expect(controlAddress(identifier)).toBe(`\0${name}`);
  });

  it.each(["a b", "a\0b", "a\nb", "T\xc3\xbcr", "x".repeat(200)])(
    "of %j is short, and on one line",
    (identifier) => {
      const name = controlName(identifier);
      expect(name).toMatch(/^omd-worker\/[!-~]{1,95}~[0-9a-f]{12}$/);
      expect(name.length).toBeLessThanOrEqual(107);
    },
  );

  it("differs where identifiers do", () => {
    const names = ["a b", "a_b", "a\nb", "x".repeat(200), "x".repeat(201)].map(controlName);
    expect(new Set(names).size).toBe(names.length);
  });

  it("is found in the kernel's table of sockets", () => {
    const table = [
      "Num       RefCount Protocol Flags    Type St Inode Path",
      "0000000000000000: 00000002 00000000 00010000 0001 01 23123 @omd-worker/prod",
      "0000000000000000: 00000003 00000000 00000000 0001 03 23124 @omd-worker/prod",
      "0000000000000000: 00000002 00000000 00010000 0001 01 23125 /run/omd-worker/x",
      "0000000000000000: 00000002 00000000 00010000 0001 01 23126 @omd-worker/dev",
    ].join("\n");
    expect(findControlNames(table)).toEqual(["omd-worker/dev", "omd-worker/prod"]);
  });
});
