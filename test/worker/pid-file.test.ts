import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { PidFileError, takePidFile } from "../../src/worker/pid-file.ts";
import { createFolder } from "../support/folder.ts";
import { makeForeign, shareFolder } from "../support/foreign.ts";
import { stubLog } from "../support/stub-log.ts";

const OURS = `${process.pid}\n`;
/** Above the highest pid Linux gives. */
const NOBODY = 4_194_305;

afterEach(() => {
  vi.restoreAllMocks();
});

describe("the pid file", () => {
  it("holds the pid on a line, and goes with the worker", () => {
    using folder = createFolder();
    const path = join(folder.path, "worker.pid");
    const log = stubLog();
    {
      using _pidFile = takePidFile(path, log);
      expect(readFileSync(path, "latin1")).toBe(OURS);
    }
    expect(existsSync(path)).toBe(false);
    expect(log.info).not.toHaveBeenCalled();
  });

  it("is not taken from a process that lives", () => {
    using folder = createFolder();
    const path = join(folder.path, "worker.pid");
    writeFileSync(path, `${process.ppid}\n`);
    expect(() => takePidFile(path, stubLog())).toThrow(
      new PidFileError(`pidfile already exists, cannot start! ${path} names process ${process.ppid}`),
    );
    expect(readFileSync(path, "latin1")).toBe(`${process.ppid}\n`);
  });

  it("is not taken from another user's process, which we may not signal", () => {
    using folder = createFolder();
    const path = join(folder.path, "worker.pid");
    writeFileSync(path, "1\n");
    const kill = vi.spyOn(process, "kill").mockImplementation(() => {
      throw Object.assign(new Error("kill EPERM"), { code: "EPERM" });
    });
    expect(() => takePidFile(path, stubLog())).toThrow("pidfile already exists, cannot start!");
    expect(kill).toHaveBeenCalledWith(1, 0);
  });

  it("is taken from a process that is gone, and the log says so", () => {
    using folder = createFolder();
    const path = join(folder.path, "worker.pid");
    writeFileSync(path, `${NOBODY}\n`);
    const log = stubLog();
    using _pidFile = takePidFile(path, log);
    expect(readFileSync(path, "latin1")).toBe(OURS);
    expect(log.info).toHaveBeenCalledWith("removed stale pidfile");
  });

  it.each([
    ["our own pid, as after a restart of the container", OURS],
    ["nothing", ""],
    ["no pid", "worker\n"],
    ["a pid that never was one", "-1\n"],
  ])("is taken where it holds %s", (_, content) => {
    using folder = createFolder();
    const path = join(folder.path, "worker.pid");
    writeFileSync(path, content);
    using _pidFile = takePidFile(path, stubLog());
    expect(readFileSync(path, "latin1")).toBe(OURS);
  });

  it("is left to the worker that has taken it over", () => {
    using folder = createFolder();
    const path = join(folder.path, "worker.pid");
    {
      using _pidFile = takePidFile(path, stubLog());
      writeFileSync(path, "1\n");
    }
    expect(readFileSync(path, "latin1")).toBe("1\n");
  });

  it("may be gone already when the worker ends", () => {
    const folder = createFolder();
    const pidFile = takePidFile(join(folder.path, "worker.pid"), stubLog());
    folder[Symbol.dispose]();
    expect(() => pidFile[Symbol.dispose]()).not.toThrow();
  });

  it("is for its owner and group, and in a folder of all users not another user's", () => {
    using folder = createFolder();
    const path = join(folder.path, "worker.pid");
    {
      using _pidFile = takePidFile(path, stubLog());
      expect(statSync(path).mode & 0o137).toBe(0);
    }
    shareFolder(folder.path);
    const victim = join(folder.path, "victim");
    writeFileSync(victim, "1\n");
    symlinkSync(victim, path);
    makeForeign(path);
    const take = () => takePidFile(path, stubLog());
    expect(take).toThrow(PidFileError);
    expect(take).toThrow(`cannot write pidfile ${path}: ${path} belongs to another user`);
    expect(readFileSync(victim, "latin1")).toBe("1\n");
  });

  it("says why it cannot be written", () => {
    using folder = createFolder();
    const path = join(folder.path, "nowhere", "worker.pid");
    const take = () => takePidFile(path, stubLog());
    expect(take).toThrow(PidFileError);
    expect(take).toThrow(`cannot write pidfile ${path}: ENOENT: no such file or directory`);
  });
});
