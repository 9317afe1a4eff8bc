import { chmodSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { createToken, readToken } from "../../src/control/token.ts";
import { createFolder } from "../support/folder.ts";

const VALUE = "ab".repeat(32);
const ownFolder = (base: string) => join(base, `omd-worker-${process.geteuid?.()}`);

describe("the token of a control socket", () => {
  it("is in a file that only its user can read, and goes with the worker", () => {
    using base = createFolder();
    const token = createToken("gw", [base.path]);
    if (token === undefined) throw new Error("no token");
    expect(dirname(token.file)).toBe(ownFolder(base.path));
    expect([statSync(token.file).mode & 0o777, statSync(dirname(token.file)).mode & 0o777]).toEqual([
      0o600, 0o700,
    ]);
    expect(readToken(token.file)).toBe(token.value);
    token[Symbol.dispose]();
    expect(existsSync(token.file)).toBe(false);
  });

  it("is made anew where a killed worker has left one, and the old worker does not remove it", () => {
    using base = createFolder();
    const [old, fresh] = [createToken("gw", [base.path]), createToken("gw", [base.path])];
    expect(old?.file).toBe(fresh?.file);
    old?.[Symbol.dispose]();
    expect(readToken(fresh?.file ?? "")).toBe(fresh?.value);
  });

  it.each<[what: string, spoil: (folder: string) => void]>([
    [
      "that others may read",
      (folder) => {
        mkdirSync(folder);
        chmodSync(folder, 0o755);
      },
    ],
    ["that is a link", (folder) => symlinkSync("/tmp", folder)],
    ["that is a file", (folder) => writeFileSync(folder, "")],
  ])("is not put into a folder %s, but into the next", (_, spoil) => {
    using bad = createFolder();
    using good = createFolder();
    spoil(ownFolder(bad.path));
    expect(createToken("gw", [bad.path, "/nonexistent", good.path])?.file).toContain(good.path);
    expect(createToken("gw", [bad.path, "/nonexistent"])).toBeUndefined();
  });

  it.each<[what: string, make: (file: string) => void]>([
    ["of other text", (file) => writeFileSync(file, "x".repeat(64), { mode: 0o600 })],
    ["that is longer", (file) => writeFileSync(file, `${VALUE}\n`, { mode: 0o600 })],
    ["that others may read", (file) => writeFileSync(file, VALUE, { mode: 0o644 })],
    ["that is a folder", (file) => mkdirSync(file)],
    ["that is a link", (file) => symlinkSync("/etc/passwd", file)],
    ["that is not there", () => {}],
  ])("is not read from a file %s", (_, make) => {
    using folder = createFolder();
    const file = join(folder.path, "token");
    make(file);
    expect(() => readToken(file)).toThrow();
  });
});
