import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { closeFifo, FifoDirectory, openFifo } from "../../src/run/fifos.ts";

let parent: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "fifos-"));
});

afterEach(() => rmSync(parent, { recursive: true }));

describe("the directory", () => {
  it("is in the first place that can be written to, and for its owner alone", () => {
    using directory = new FifoDirectory(["/nope", "/proc", parent, "/"]);
    expect(readdirSync(parent)).toEqual([directory.path.slice(parent.length + 1)]);
    expect(statSync(directory.path).mode & 0o777).toBe(0o700);
  });

  it("that can be nowhere is an error that says what to do", () => {
    expect(() => new FifoDirectory(["/nope", "/proc"])).toThrow(
      "no writable directory for the pipes of plugins among /nope, /proc: set TMPDIR",
    );
  });

  it("goes with all that is in it", async () => {
    const directory = new FifoDirectory([parent]);
    await directory.prepare(1);
    directory[Symbol.dispose]();
    expect(readdirSync(parent)).toEqual([]);
  });
});

describe("leftovers", () => {
  const dead = () => spawnSync("true").pid;

  it("of a worker that is gone are removed", () => {
    const leftover = makeDirectory(`omd-worker-${dead()}-abc`);
    makeStatus(leftover);
    using _ = new FifoDirectory([parent]);
    expect(existsSync(leftover)).toBe(false);
  });

  it("of another worker of this machine are no leftovers", () => {
    const other = makeDirectory(`omd-worker-${process.ppid}-abc`);
    using _ = new FifoDirectory([parent]);
    expect(existsSync(other)).toBe(true);
  });

  it("of a worker whose process is not seen from here are not removed while it reads its pipe", () => {
    const other = makeDirectory(`omd-worker-${dead()}-abc`);
    const status = openFifo(makeStatus(other), "both");
    using first = new FifoDirectory([parent]);
    expect([first.path, other].every((path) => existsSync(path))).toBe(true);
    closeFifo(status);
    using _ = new FifoDirectory([parent]);
    expect(existsSync(other)).toBe(false);
  });

  it("are nothing else", () => {
    const pid = dead();
    const names = ["", "x", "-1-a", pid, `${pid}a-b`, `x${pid}-a`].map((rest) => `omd-worker-${rest}`);
    const others = [...names, `my-omd-worker-${pid}-a`].map(makeDirectory);
    using _ = new FifoDirectory([parent]);
    expect(others.filter((path) => !existsSync(path))).toEqual([]);
  });
});

describe("pipes", () => {
  it.each([
    ["ahead of need", 50],
    ["when they are wanted", 0],
  ])("are made %s, each for one shell and for their owner alone", async (_, ahead) => {
    using directory = new FifoDirectory([parent]);
    if (ahead > 0) await directory.prepare(ahead);
    const sets = await Promise.all(Array.from({ length: 50 }, () => directory.take()));
    const paths = new Set(sets.flatMap((set) => Object.values(set)));
    expect(paths.size).toBe(50 * 3);
    for (const path of paths)
      expect(statSync(path)).toSatisfy((stat: Stats) => stat.isFIFO() && (stat.mode & 0o777) === 0o600);
  });

  it("that cannot be made are an error that says where, until they can", async () => {
    using directory = new FifoDirectory([parent]);
    rmSync(directory.path, { recursive: true });
    const message = `cannot make the pipes of plugins in ${directory.path}: mkfifo: `;
    const taken = await Promise.allSettled([directory.take(), directory.take()]);
    for (const each of taken)
      expect(each).toEqual({
        status: "rejected",
        reason: expect.objectContaining({ message: expect.stringContaining(message) }),
      });
    mkdirSync(directory.path);
    expect(existsSync((await directory.take()).command)).toBe(true);
  });

  it("are removed", async () => {
    using directory = new FifoDirectory([parent]);
    const set = await directory.take();
    directory.remove(set);
    expect(Object.values(set).filter((path) => existsSync(path))).toEqual([]);
    directory.remove(set);
  });

  it("open without waiting for the other end", async () => {
    using directory = new FifoDirectory([parent]);
    const path = await directory.makeStatus();
    const reading = openFifo(path, "read");
    const both = openFifo(path, "both");
    writeSync(both, "1 0\n");
    const buffer = Buffer.alloc(10);
    expect(buffer.toString("latin1", 0, readSync(reading, buffer))).toBe("1 0\n");
    closeFifo(both);
    closeFifo(reading);
  });
});

function makeDirectory(name: string): string {
  const path = join(parent, name);
  mkdirSync(path);
  return path;
}

function makeStatus(directory: string): string {
  const path = join(directory, "status");
  spawnSync("mkfifo", [path]);
  return path;
}
