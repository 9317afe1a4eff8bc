import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { writeLongCommand } from "../../../src/executor/shells/long-command.ts";

/** Writing to it fails with ENOSPC, as on a full file system. */
const FULL = "/dev/full";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "long-command-"));
  vi.stubEnv("TMPDIR", folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

it("a long command lies where it should, until it is forgotten", () => {
  const path = join(folder, "1c.sh");
  {
    using command = writeLongCommand(path, "echo \xe9");
    expect(command.path).toBe(path);
    expect(readFileSync(path, "latin1")).toBe("echo \xe9");
  }
  expect(existsSync(path)).toBe(false);
});

it("without space there it lies among the temporary files", () => {
  {
    const link = join(folder, "link");
    symlinkSync(FULL, link);
    using command = writeLongCommand(link, "echo 1");
    expect(readFileSync(command.path, "latin1")).toBe("echo 1");
    expect(dirname(dirname(command.path))).toBe(folder);
  }
  expect(readdirSync(folder)).toEqual([]);
});

it("other errors are told, and nothing is left", () => {
  expect(() => writeLongCommand(join(folder, "nowhere", "1c.sh"), "")).toThrow("ENOENT");
  expect(readdirSync(folder)).toEqual([]);
});
