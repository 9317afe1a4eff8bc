import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Ending } from "../../../integrations/backends/backend.ts";
import { CheckedBackend } from "../../../integrations/backends/checked-backend.ts";
import { CommandChannel } from "../../../integrations/backends/commands/command-channel.ts";
import { writeCommand } from "../../../integrations/backends/commands/command-pipe.ts";

const WISH = { author: "me", comment: "seen", isSticky: true };
const NOW = Math.floor(Date.now() / 1000);
const PLAN = { marker: "[zulip:1]", startsAt: NOW, endsAt: NOW + 3_600 };

let folder: string;
let pipe: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pipe-"));
  pipe = join(folder, "naemon.cmd");
  execFileSync("mkfifo", [pipe]);
});
afterEach(() => rmSync(folder, { recursive: true }));

it("is written one line at a time, in one piece", async () => {
  const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    await Promise.all(["[1] ONE", "[1] TWO"].map((line) => writeCommand(pipe, line)));
    const bytes = Buffer.alloc(100);
    const read = bytes.toString("utf8", 0, readSync(reader, bytes));
    expect(read.split("\n").sort()).toEqual(["", "[1] ONE", "[1] TWO"]);
  } finally {
    closeSync(reader);
  }
});

it("does not wait for a core that does not run", async () => {
  await expect(writeCommand(pipe, "[1] ONE")).rejects.toThrow(`nobody reads ${pipe}: does the core run?`);
});

it("is not made if it is not there", async () => {
  const path = join(folder, "other.cmd");
  await expect(writeCommand(path, "[1] ONE")).rejects.toThrow(`there is no ${path}: does the core run?`);
});

it("must be a named pipe", async () => {
  const path = join(folder, "file");
  writeFileSync(path, "");
  await expect(writeCommand(path, "[1] ONE")).rejects.toThrow(`${path} is no named pipe`);
});

it("takes no line that could be torn apart", async () => {
  await expect(writeCommand(pipe, "x".repeat(4096))).rejects.toThrow("longer than 4096 bytes");
});

it.each<[what: string, act: (backend: CheckedBackend) => Promise<Ending>]>([
  ["an acknowledgement", (backend) => backend.acknowledge({ host: "web1" }, WISH)],
  ["the end of one", (backend) => backend.unacknowledge({ host: "web1" }, "me")],
  ["a downtime", (backend) => backend.downtime({ host: "web1" }, { ...WISH, ...PLAN })],
  ["another check", (backend) => backend.recheck({ host: "web1" })],
])("never says that %s is done where nobody can be asked", async (_, act) => {
  const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const send = (line: string) => writeCommand(pipe, line);
    const backend = new CheckedBackend(new CommandChannel({ name: "the core", send }));
    expect(await act(backend)).toEqual({
      kind: "unverified",
      reason: "the core has taken it, but cannot be asked whether it was done",
    });
  } finally {
    closeSync(reader);
  }
});
