import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createFolder, writeGate } from "../support/folder.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import {
  type RunningWorker,
  runProgram,
  startWorker,
  type WorkerOptions,
} from "../support/processes/worker.ts";
import { hasServer } from "../support/servers/installed.ts";
import { Core, serviceJob } from "./core.ts";

const SLOTS = 60;
const PATIENCE = { timeout: 30_000, interval: 20 };
const WAITS = "cannot start a job, it waits and no more are taken";
const [FILES, PROCESSES, SPACE] = [
  "this process has no file descriptors left",
  "no more processes can be started",
  "no space is left for the pipes of plugins",
];

/** No other process is of this user, so that only ours count. */
const USER = 64_123;
const AS_USER = ["setpriv", `--reuid=${USER}`, `--regid=${USER}`, "--clear-groups"];
const WITH_FEW_PROCESSES = [...AS_USER, "prlimit", "--nproc=60:60"];
const WITH_SMALL_MEMORY_FILES = [
  ...["unshare", "--mount", "sh", "-c"],
  'mount -t tmpfs -o nr_inodes=60 none /dev/shm && exec "$@"',
  "sh",
];

function may(under: readonly string[]): boolean {
  const [program = "", ...words] = [...under, process.execPath, "-e", "0"];
  return spawnSync(program, words, { stdio: "ignore" }).status === 0;
}

describe.skipIf(!hasServer("gearmand"))("a worker that is short of something", () => {
  let gearmand: Gearmand;
  beforeAll(async () => {
    gearmand = await startGearmand();
  });
  afterAll(() => gearmand?.stop());

  const start = (queue: string, args: readonly string[], options: WorkerOptions = {}) =>
    startWorker(
      [gearmand.port],
      [`hostgroups=${queue}`, "native_checks=off", "spawn-rate=10", ...args],
      options,
    );

  /** More jobs than can run at once. They end when the worker has noticed that. */
  async function expectAllDone(
    queue: string,
    worker: RunningWorker,
    { lack, isLine = false }: { readonly lack: string; readonly isLine?: boolean },
  ): Promise<void> {
    using folder = createFolder();
    chmodSync(folder.path, 0o777);
    // Its plugin starts no other program: what a plugin says of its own forks is its result.
    const gate = writeGate(folder.path);
    await using core = new Core({ port: gearmand.port });
    const command = (name: string) => gate.plugin(`'${name}'`) + (isLine ? " | cat" : "");
    const names = Array.from({ length: 2 * SLOTS }, (_, i) => `job ${i}`);
    await core.submit(`hostgroup_${queue}`, ...names.map((name) => serviceJob(name, command(name))));
    await worker.logged(`${WAITS}: ${lack}`);
    gate.open();
    await core.collected(names.length);
    expect(new Set(core.results.map(({ fields }) => fields.get("return_code")))).toEqual(new Set(["0"]));
    expect(core.services).toEqual(names.toSorted());
    // A line of which a part could be started is run once more.
    expect(isLine ? [...new Set(gate.entries())].toSorted() : gate.entries().toSorted()).toEqual(
      names.toSorted(),
    );
    const lines = worker.linesWith("[WARN ]").filter((line) => line.includes(WAITS));
    expect(lines.length).toBeLessThanOrEqual(2); // one, or two if the test takes a minute
    expect(worker.linesWith("[ERROR]")).toEqual([]);
  }

  it("has fewer slots than max-worker where it may not open enough files, and says so", async () => {
    const under = ["prlimit", "--nofile=256"];
    const warning =
      "current max worker setting (200) requires open files ulimit of at least 1260, current value is 256";
    await using worker = await start("nofile", ["min-worker=200", "max-worker=200"], { under });
    expect(worker.linesWith(warning).length).toBe(1);
    await using core = new Core({ port: gearmand.port });
    const jobs = Array.from({ length: 400 }, (_, i) => serviceJob(`job ${i}`, "/bin/sleep 0.1"));
    await core.submit("hostgroup_nofile", ...jobs);
    await core.collected(jobs.length);
    expect(new Set(core.results.map(({ fields }) => fields.get("return_code")))).toEqual(new Set(["0"]));
    expect(worker.linesWith(WAITS)).toEqual([]);

    using folder = createFolder();
    const file = join(folder.path, "worker.conf");
    execFileSync("sh", ["-c", `printf 'server=a\\nencryption=no\\nmax-worker=200\\n' >${file}`]);
    const { stdout, exitCode } = await runProgram("omd-worker", ["config", "check", file], {}, under);
    expect(stdout).toContain(`${file}:3: warning: ${warning}, using max-worker 32`);
    expect(exitCode).toBe(0);
  });

  it("has the jobs wait in gearmand where it has few slots, and gives each its result", async () => {
    await using worker = await start("slots", ["min-worker=2", "max-worker=2"]);
    await using core = new Core({ port: gearmand.port });
    const names = Array.from({ length: 300 }, (_, i) => `job ${i}`);
    await core.submit("hostgroup_slots", ...names.map((name) => serviceJob(name, "/bin/sleep 0.01")));
    await core.collected(names.length);
    expect(core.services).toEqual(names.toSorted());
    expect(new Set(core.results.map(({ fields }) => fields.get("return_code")))).toEqual(new Set(["0"]));
    expect([...worker.linesWith("[WARN ]"), ...worker.linesWith("[ERROR]")]).toEqual([]);
  });

  it.each([
    ["plugins", false],
    ["lines for a shell", true],
  ])("of file descriptors, as it runs %s, has the jobs wait", async (what, isLine) => {
    const queue = `emfile-${what.slice(0, 4)}`;
    await using worker = await start(
      queue,
      [`min-worker=${SLOTS}`, `max-worker=${SLOTS}`, "idle-timeout=0"],
      {
        under: ["prlimit", "--nofile=4096"],
      },
    );
    // The shells are there; the warm ones of half of the slots are killed, and new ones cannot be opened.
    const shells = worker.mark.processes().filter(({ commandLine }) => commandLine.startsWith("sh -c . "));
    for (const { pid } of shells.slice(0, SLOTS / 2)) process.kill(pid, "SIGKILL");
    const openFiles = readdirSync(`/proc/${worker.pid}/fd`).length;
    execFileSync("prlimit", [`--pid=${worker.pid}`, `--nofile=${Math.min(openFiles, 100)}`]);
    await expectAllDone(queue, worker, { lack: FILES ?? "", isLine });
  });

  it.skipIf(!may(WITH_FEW_PROCESSES)).each([
    ["plugins", false],
    ["lines for a shell", true],
  ])("of processes, as it runs %s, has the jobs wait", async (what, isLine) => {
    const queue = `eagain-${what.slice(0, 4)}`;
    await using worker = await start(queue, ["min-worker=1", `max-worker=${SLOTS}`], {
      under: WITH_FEW_PROCESSES,
      owner: USER,
    });
    await expectAllDone(queue, worker, { lack: PROCESSES ?? "", isLine });
  });

  it.skipIf(!may(WITH_FEW_PROCESSES))("of processes when gearmand dies keeps its results", async () => {
    using folder = createFolder();
    chmodSync(folder.path, 0o777);
    const gate = writeGate(folder.path);
    const spool = join(folder.path, "spool");
    const own = await startGearmand();
    await using core = new Core({ port: own.port });
    const start = (options: WorkerOptions) =>
      startWorker([own.port], ["services=yes", "native_checks=off", `result_spool=${spool}`], options);
    const options = { under: WITH_FEW_PROCESSES, owner: USER };
    await using worker = await start(options);
    await core.submit("service", serviceJob("kept", gate.plugin("kept")));
    await gate.entered(1);
    const [program = "", ...words] = [...AS_USER, "prlimit", `--pid=${worker.pid}`, "--nproc=1:60"];
    execFileSync(program, words);
    await own.kill9();
    gate.open();
    await vi.waitFor(() => expect(readdirSync(spool)).toContain("results.1"), PATIENCE);
    await worker.kill9();
    worker.mark.kill();
    await using _second = await start(options);
    const again = await startGearmand({ port: own.port });
    await core.collected(1);
    expect(core.services).toEqual(["kept"]);
    await again.stop();
  });

  it.skipIf(!may(WITH_SMALL_MEMORY_FILES))("of space in /dev/shm has the jobs wait", async () => {
    await using worker = await start("enospc", ["min-worker=1", `max-worker=${SLOTS}`], {
      under: WITH_SMALL_MEMORY_FILES,
    });
    await expectAllDone("enospc", worker, { lack: SPACE ?? "" });
  });
});
