import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { PidFileError, takePidFile } from "../../../src/worker/process/pid-file.ts";
import { createFolder } from "../../support/folder.ts";
import { makeForeign, shareFolder } from "../../support/foreign.ts";
import { stubLog } from "../../support/stub-log.ts";

const OURS = `${process.pid}\n`;
/** Above the highest pid Linux gives. */
const NOBODY = 4_194_305;

/** Command lines of a worker. */
const WORKERS = ["mod_gearman_worker", "mod-gearman-worker-go", "omd-worker.ts"];

/** A process with this word in its command line. */
async function startProcess(word: string): Promise<AsyncDisposable & { readonly pid: number | undefined }> {
  const child = spawn("sh", ["-c", "read line", word]);
  await once(child, "spawn");
  return endAfterwards(child, { pid: child.pid });
}

/** A process that does not reap its child. */
async function startParentOfZombie(): Promise<AsyncDisposable & { readonly zombie: number }> {
  const program = '$pid = fork; exit 0 if !$pid; print "$pid\\n"; sleep 60';
  const child = spawn("perl", ["-e", `$| = 1; ${program}`], { stdio: ["ignore", "pipe", "ignore"] });
  const [text] = await once(child.stdout, "data");
  const zombie = Number(text);
  await vi.waitFor(
    () => expect(readFileSync(`/proc/${zombie}/status`, "latin1")).toMatch(/State:\tZ/),
    10_000,
  );
  return endAfterwards(child, { zombie });
}

function endAfterwards<Facts extends object>(child: ChildProcess, facts: Facts): AsyncDisposable & Facts {
  return {
    ...facts,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

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

  it.each(WORKERS)("is not taken from a worker that lives: %s", async (name) => {
    using folder = createFolder();
    const path = join(folder.path, "worker.pid");
    await using worker = await startProcess(name);
    writeFileSync(path, `${worker.pid}\n`);
    expect(() => takePidFile(path, stubLog())).toThrow(
      new PidFileError(`pidfile already exists, cannot start! ${path} names process ${worker.pid}`),
    );
    expect(readFileSync(path, "latin1")).toBe(`${worker.pid}\n`);
  });

  it("is not taken from a process of which nothing is known but that it lives", () => {
    using folder = createFolder();
    const path = join(folder.path, "worker.pid");
    writeFileSync(path, `${NOBODY}\n`);
    const kill = vi.spyOn(process, "kill").mockImplementation(() => {
      throw Object.assign(new Error("kill EPERM"), { code: "EPERM" });
    });
    expect(() => takePidFile(path, stubLog())).toThrow("pidfile already exists, cannot start!");
    expect(kill).toHaveBeenCalledWith(NOBODY, 0);
  });

  it("is taken from a process that is no worker, from a zombie, a thread and our parent", async () => {
    await using other = await startProcess("check_disk");
    await using parent = await startParentOfZombie();
    const threads = readdirSync("/proc/self/task").filter((id) => id !== String(process.pid));
    for (const pid of [other.pid, parent.zombie, threads[0], process.ppid]) {
      using folder = createFolder();
      const path = join(folder.path, "worker.pid");
      writeFileSync(path, `${pid}\n`);
      const log = stubLog();
      using _pidFile = takePidFile(path, log);
      expect([readFileSync(path, "latin1"), log.info.mock.calls]).toEqual([
        OURS,
        [["removed stale pidfile"]],
      ]);
    }
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
    const hint = "(the worker's user must be able to write to its folder)";
    expect(take).toThrow(`cannot write pidfile ${path}: no such file or directory ${hint}`);
  });
});
