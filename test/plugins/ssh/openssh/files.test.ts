import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { FileCache } from "../../../../plugins/ssh/openssh/files.ts";
import { CheckDeclined } from "../../../../sdk/index.ts";
import { SshFolder } from "../../../support/servers/sshd.ts";

const folder = new SshFolder();
afterAll(() => folder[Symbol.dispose]());

describe("the files of ssh", () => {
  it("are read once, and again after a change", () => {
    const files = new FileCache();
    const path = folder.file("a", "one");
    const first = files.read(path);
    expect(first).toMatchObject({ text: "one" });
    expect(files.read(path)).toBe(first);
    folder.file("a", "another");
    expect(files.read(path)).toMatchObject({ text: "another" });
    rmSync(path);
    expect(files.read(path)).toBeUndefined();
  });

  it("have another stamp when they have changed, appeared or disappeared", () => {
    const files = new FileCache();
    const path = join(folder.path, "b");
    const stamps = [files.stamp(path)];
    for (const text of ["one", "two, longer"]) {
      writeFileSync(path, text);
      stamps.push(files.stamp(path));
    }
    expect(new Set(stamps).size).toBe(3);
    expect(files.stamp(path)).toBe(stamps[2]);
  });

  it("are byte strings", () => {
    expect(new FileCache().read(folder.file("c", "\xff\x80"))?.text).toBe("\xff\x80");
  });

  it("may be links, and /dev/null", () => {
    const files = new FileCache();
    symlinkSync(folder.file("d", "text"), join(folder.path, "link"));
    expect(files.read(join(folder.path, "link"))?.text).toBe("text");
    expect(files.read("/dev/null")?.text).toBe("");
  });

  it.each([
    ["a directory", () => folder.path],
    ["a device", () => "/dev/zero"],
    ["larger than a megabyte", () => folder.file("large", "x".repeat(1_048_577))],
  ])("are left to ssh where one is %s", (_, path) => {
    expect(() => new FileCache().read(path())).toThrow(CheckDeclined);
  });

  it("are listed in order", () => {
    const files = new FileCache();
    mkdirSync(join(folder.path, "list"));
    for (const name of ["b", "a", "C"]) folder.file(`list/${name}`, "");
    expect(files.list(join(folder.path, "list"))).toEqual(["C", "a", "b"]);
    expect(files.list(join(folder.path, "nothing"))).toEqual([]);
  });
});
