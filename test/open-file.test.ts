import { execFileSync } from "node:child_process";
import { closeSync, linkSync, readFileSync, statSync, symlinkSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makeFolder, openForWriting, refuseForeign } from "../src/open-file.ts";
import { createFolder } from "./support/folder.ts";
import { makeForeign, shareFolder } from "./support/foreign.ts";

const FOREIGN = "belongs to another user, in a folder where every user may put files";
let folder: ReturnType<typeof createFolder>;
let path: string;
let victim: string;

beforeEach(() => {
  folder = createFolder();
  path = join(folder.path, "file");
  victim = join(folder.path, "victim");
  writeFileSync(victim, "valuable");
});
afterEach(() => {
  vi.restoreAllMocks();
  folder[Symbol.dispose]();
});

function write(): void {
  const fd = openForWriting(path);
  writeSync(fd, "text");
  closeSync(fd);
}

it("a new file can be read by its owner and group only", () => {
  const umask = process.umask(0);
  write();
  process.umask(umask);
  expect(statSync(path).mode & 0o777).toBe(0o640);
});

it.each(["in a folder of our own", "in a folder of all users"])(
  "our links and files are followed %s",
  (where) => {
    if (where !== "in a folder of our own") shareFolder(folder.path);
    symlinkSync(victim, path);
    write();
    expect(readFileSync(victim, "latin1")).toBe("valuabletext");
  },
);

it("in a folder of our own another user's file is the operator's choice", () => {
  writeFileSync(path, "");
  makeForeign(path);
  expect(write).not.toThrow();
});

it.each<[what: string, make: () => void]>([
  ["a link", () => symlinkSync(victim, path)],
  ["a file", () => writeFileSync(path, "")],
  ["a named pipe", () => execFileSync("mkfifo", [path])],
])("%s of another user is not opened in a folder of all users", (_, make) => {
  shareFolder(folder.path);
  make();
  makeForeign(path);
  expect(write).toThrow(FOREIGN);
  expect(() => refuseForeign(path)).toThrow(FOREIGN);
  expect(readFileSync(victim, "latin1")).toBe("valuable");
});

it("neither is a second name of a file", () => {
  shareFolder(folder.path);
  linkSync(victim, path);
  expect(write).toThrow(FOREIGN);
  expect(readFileSync(victim, "latin1")).toBe("valuable");
});

it("a file that is not there is no reason to refuse", () => {
  shareFolder(folder.path);
  expect(() => refuseForeign(path)).not.toThrow();
  expect(write).not.toThrow();
  expect(write).not.toThrow();
});

describe("a folder is made", () => {
  it("with those above it, and is no fault if it is there", () => {
    const deep = join(folder.path, "a", "b", "c");
    makeFolder(deep, 0o700);
    makeFolder(deep, 0o700);
    expect([join(folder.path, "a"), deep].map((each) => statSync(each).mode & 0o777)).toEqual([0o700, 0o700]);
  });

  it("not in place of a file", () => {
    writeFileSync(path, "");
    expect(() => makeFolder(path)).toThrow("EEXIST");
    expect(() => makeFolder(join(path, "a"))).toThrow("ENOTDIR");
  });

  it.each(["/proc/omd-worker/a", "/proc/omd-worker"])("not where the system has none: %s", (where) => {
    expect(() => makeFolder(where)).toThrow(/ENOENT|EACCES|EPERM/);
  });
});
