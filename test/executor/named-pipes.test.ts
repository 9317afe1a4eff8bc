import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  type Stats,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { closePipe, openPipe, PipeDirectory } from "../../src/executor/named-pipes.ts";
import { makeForeign } from "../support/foreign.ts";
import { mayHaveProcessIds, WITH_OWN_PROCESS_IDS } from "../support/processes/process-namespace.ts";

const MKFIFO = spawnSync("sh", ["-c", "command -v mkfifo"], { encoding: "utf8" }).stdout.trim();

let parent: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "named-pipes-"));
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(parent, { recursive: true });
});

describe("the directory", () => {
  it("goes on without the pipes that cannot be removed", async () => {
    using directory = new PipeDirectory([parent]);
    const pipes = await directory.take();
    rmSync(pipes.stdout);
    mkdirSync(join(pipes.stdout, "in the way"), { recursive: true });
    directory.remove(pipes);
    expect(existsSync(pipes.stdout)).toBe(true);
    expect(existsSync(pipes.stderr)).toBe(false);
  });

  it("is in the first writable place, and only its owner can use it", () => {
    using directory = new PipeDirectory(["/nope", "/proc", parent, "/"]);
    expect(readdirSync(parent)).toEqual([directory.path.slice(parent.length + 1)]);
    expect(statSync(directory.path).mode & 0o777).toBe(0o700);
  });

  it("is elsewhere if the first place has no space for a pipe", () => {
    writeFileSync(
      join(parent, "mkfifo"),
      `#!/bin/sh\ncase "$3" in */full/*) echo "mkfifo: cannot create fifo '$3': No space left on device" >&2; exit 1; esac\n` +
        `exec ${MKFIFO} "$@"\n`,
      { mode: 0o755 },
    );
    vi.stubEnv("PATH", `${parent}:${process.env["PATH"]}`);
    const [full, other] = ["full", "other"].map((name) => join(parent, name));
    mkdirSync(full ?? "");
    mkdirSync(other ?? "");
    {
      using directory = new PipeDirectory([full ?? "", other ?? ""]);
      expect(directory.path).toContain("/other/");
    }
    expect(readdirSync(full ?? "")).toEqual([]);
    expect(() => new PipeDirectory([full ?? ""])).toThrow("No space left on device");
  });

  it("without a writable place is an error that says what to do", () => {
    expect(() => new PipeDirectory(["/nope", "/proc"])).toThrow(
      "no writable directory for the pipes of plugins among /nope, /proc: set TMPDIR",
    );
  });

  it("is removed with everything in it", async () => {
    const directory = new PipeDirectory([parent]);
    await directory.prepare(1);
    directory[Symbol.dispose]();
    expect(readdirSync(parent)).toEqual([]);
  });
});

describe("leftovers", () => {
  const dead = spawnSync("true").pid;
  /** The first process of a container is its worker. */
  const ids = [dead, process.pid, 1];

  it.each(ids)("of a worker that is gone are removed, even if another process has its id: %d", (pid) => {
    const leftover = makeDirectory(`omd-worker-${pid}-abc`);
    makePipe(leftover, "status");
    using _ = new PipeDirectory([parent]);
    expect(existsSync(leftover)).toBe(false);
  });

  it("are left alone if another user may have made them, with links in them to anything", () => {
    const foreign = makeDirectory(`omd-worker-${dead}-abc`);
    const link = join(parent, `omd-worker-${dead}-link`);
    symlinkSync(makePipe(parent, "elsewhere"), join(foreign, "status"));
    symlinkSync(foreign, link);
    makeForeign(foreign);
    makeForeign(link);
    using _ = new PipeDirectory([parent]);
    expect([foreign, link].every((path) => existsSync(path))).toBe(true);
  });

  it("of our own are left alone if their status pipe is a link", () => {
    const leftover = makeDirectory(`omd-worker-${dead}-abc`);
    const pipe = makePipe(parent, "elsewhere");
    symlinkSync(pipe, join(leftover, "status"));
    using _ = new PipeDirectory([parent]);
    expect(existsSync(leftover)).toBe(true);
  });

  it("that were removed in part are removed", () => {
    const leftover = makeDirectory(`omd-worker-${dead}-abc`);
    makePipe(leftover, "1c");
    using _ = new PipeDirectory([parent]);
    expect(existsSync(leftover)).toBe(false);
  });

  it.each(ids)("are not what a worker of another container uses, process id %d", (pid) => {
    const other = makeDirectory(`omd-worker-${pid}-abc`);
    const status = openPipe(makePipe(other, "status"), "read");
    using first = new PipeDirectory([parent]);
    expect([first.path, other].every((path) => existsSync(path))).toBe(true);
    closePipe(status);
    using _ = new PipeDirectory([parent]);
    expect(existsSync(other)).toBe(false);
  });

  it("are not what a worker has just made and does not use yet", () => {
    using first = new PipeDirectory([parent]);
    using second = new PipeDirectory([parent]);
    expect([first.path, second.path].map((path) => existsSync(path))).toEqual([true, true]);
  });

  it("are not what a worker has not finished yet", () => {
    const seen = join(parent, "seen");
    writeFileSync(join(parent, "mkfifo"), `#!/bin/sh\nls ${parent} >${seen}\nexec ${MKFIFO} "$@"\n`, {
      mode: 0o755,
    });
    vi.stubEnv("PATH", `${parent}:${process.env["PATH"]}`);
    using _ = new PipeDirectory([parent]);
    const [unfinished, ...others] = readFileSync(seen, "latin1").match(/^.*omd-worker-.*$/gm) ?? [];
    expect(others).toEqual([]);
    const path = makeDirectory(unfinished ?? "");
    using __ = new PipeDirectory([parent]);
    expect(existsSync(path)).toBe(true);
  });

  it.runIf(mayHaveProcessIds())("are told from what a worker in another container uses", async () => {
    using mine = new PipeDirectory([parent]);
    const container = startContainer();
    const [theirs] = await once(createInterface(container.stdout), "line");
    expect(theirs).toContain("/omd-worker-1-");
    expect(existsSync(mine.path)).toBe(true);
    using _ = new PipeDirectory([parent]);
    expect(existsSync(theirs)).toBe(true);
    container.kill("SIGKILL");
    await once(container, "close");
    using __ = new PipeDirectory([parent]);
    expect([theirs, mine.path].map((path) => existsSync(path))).toEqual([false, true]);
  });

  it("are not other files", () => {
    const names = ["", "x", "-1-a", dead, `${dead}a-b`, `x${dead}-a`].map((rest) => `omd-worker-${rest}`);
    const others = [...names, `my-omd-worker-${dead}-a`].map(makeDirectory);
    using _ = new PipeDirectory([parent]);
    expect(others.filter((path) => !existsSync(path))).toEqual([]);
  });
});

describe("pipes", () => {
  it.each([
    ["ahead of need", 50],
    ["when they are wanted", 0],
  ])("are made %s, each for one shell and for their owner alone", async (_, ahead) => {
    using directory = new PipeDirectory([parent]);
    if (ahead > 0) await directory.prepare(ahead);
    const sets = await Promise.all(Array.from({ length: 50 }, () => directory.take()));
    const paths = new Set(sets.flatMap((set) => Object.values(set)));
    expect(paths.size).toBe(50 * 3);
    for (const path of paths)
      expect(statSync(path)).toSatisfy((stat: Stats) => stat.isFIFO() && (stat.mode & 0o777) === 0o600);
  });

  it("that cannot be made are an error that names the directory, until they can be made", async () => {
    using directory = new PipeDirectory([parent]);
    rmSync(directory.path, { recursive: true });
    writeFileSync(directory.path, "");
    const message = `cannot make the pipes of plugins in ${directory.path}: mkfifo: `;
    const taken = await Promise.allSettled([directory.take(), directory.take()]);
    for (const each of taken)
      expect(each).toEqual({
        status: "rejected",
        reason: expect.objectContaining({ message: expect.stringContaining(message) }),
      });
    rmSync(directory.path);
    expect(existsSync((await directory.take()).command)).toBe(true);
  });

  it("are made again if they were all removed while the directory is used", async () => {
    using directory = new PipeDirectory([parent]);
    await directory.prepare(1);
    rmSync(directory.path, { recursive: true });
    const set = await directory.take();
    expect(directory.has(set)).toBe(true);
    expect(statSync(directory.path).mode & 0o777).toBe(0o700);
    using _ = new PipeDirectory([parent]);
    expect(directory.has(set)).toBe(true);
  });

  it.skipIf(process.geteuid?.() !== 0)(
    "are never made in a directory that another user has put there",
    async () => {
      using directory = new PipeDirectory([parent]);
      rmSync(directory.path, { recursive: true });
      mkdirSync(directory.path);
      chownSync(directory.path, 1, 1);
      await expect(directory.take()).rejects.toThrow("EEXIST");
      chownSync(directory.path, 0, 0);
    },
  );

  it("are removed", async () => {
    using directory = new PipeDirectory([parent]);
    const set = await directory.take();
    directory.remove(set);
    expect(Object.values(set).filter((path) => existsSync(path))).toEqual([]);
    directory.remove(set);
  });

  it("are opened at once, without the other end", () => {
    using directory = new PipeDirectory([parent]);
    const path = directory.statusPath;
    const reading = openPipe(path, "read");
    const both = openPipe(path, "both");
    writeSync(both, "1 0\n");
    const buffer = Buffer.alloc(10);
    expect(buffer.toString("latin1", 0, readSync(reading, buffer))).toBe("1 0\n");
    closePipe(both);
    closePipe(reading);
  });
});

function makeDirectory(name: string): string {
  const path = join(parent, name);
  mkdirSync(path);
  return path;
}

function makePipe(directory: string, name: string): string {
  const path = join(directory, name);
  spawnSync("mkfifo", [path]);
  return path;
}

/** A worker with its own process ids, as in a container, that uses the same directory. */
function startContainer() {
  const module = JSON.stringify(new URL("../../src/executor/named-pipes.ts", import.meta.url).href);
  const program = `const { PipeDirectory } = await import(${module});
    console.log(new PipeDirectory([${JSON.stringify(parent)}]).path);
    setInterval(() => {}, 1000);`;
  const node = [process.execPath, "--input-type=module", "--eval", program];
  return spawn("unshare", [...WITH_OWN_PROCESS_IDS, ...node], { stdio: ["ignore", "pipe", "inherit"] });
}
