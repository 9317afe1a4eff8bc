import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SpoolError } from "../../../src/result/spool/folder.ts";
import { HEADER, type SpooledResult } from "../../../src/result/spool/records.ts";
import { Spool, type SpoolOptions } from "../../../src/result/spool/spool.ts";
import { createFolder } from "../../support/folder.ts";
import { until } from "../../support/gearman/actors.ts";
import { canMount, mountSmall } from "../../support/small-mount.ts";
import { stubLog } from "../../support/stub-log.ts";

const NOW = 1_700_000_000;
const SERVER = "a:4730";

let parent: ReturnType<typeof createFolder>;
let folder: string;
const opened: Spool[] = [];
beforeEach(() => {
  parent = createFolder();
  folder = join(parent.path, "spool");
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((spool) => spool.stop()));
  parent[Symbol.dispose]();
});

function openSpool(options: Partial<SpoolOptions> = {}) {
  const log = stubLog();
  const restored: SpooledResult[] = [];
  const spool = new Spool({
    folder,
    maxAge: 600,
    log,
    now: () => NOW,
    retryMs: 20,
    onRestored: (results) => restored.push(...results),
    ...options,
  });
  opened.push(spool);
  spool.start();
  return { spool, log, restored, uniques: () => restored.map(({ unique }) => unique) };
}

function result(unique: string, more: Partial<SpooledResult> = {}): SpooledResult {
  const job = { queue: "service", digest: `digest of ${unique}` };
  const workload = Buffer.from(`sealed ${unique}`);
  return { unique, server: SERVER, queue: "check_results", workload, time: NOW - 10, job, ...more };
}

/** The files with results. */
function files(): readonly string[] {
  return readdirSync(folder).filter((name) => name.startsWith("results."));
}

/** Resolves when a file has this text. */
async function written(text: string): Promise<void> {
  await until(() => {
    const all = files()
      .filter((name) => !name.endsWith(".part"))
      .map((name) => readFileSync(join(folder, name), "utf8"));
    expect(all.join("")).toContain(text);
  });
}

async function empty(): Promise<void> {
  await until(() => expect(files()).toEqual([]));
}

describe("results", () => {
  it("that were kept are there after the next start, as they were", async () => {
    const { spool } = openSpool();
    spool.keep(result("one"));
    spool.keep(result("two", { job: undefined }));
    await spool.stop();
    const { restored, spool: second } = openSpool();
    const { job: _, ...two } = result("two");
    expect(restored).toEqual([result("one"), two]);
    expect(second.status).toMatchObject({ results: 2, oldestAge: 10, setAside: 0, problem: undefined });
  });

  it("come in the order in which they were made, of each start", async () => {
    const { spool } = openSpool();
    for (const [unique, time] of [
      ["c", 5],
      ["a", 3],
      ["d", 5],
      ["b", 4],
    ] as const)
      spool.keep(result(unique, { time: NOW - 100 + time }));
    await spool.stop();
    const second = openSpool();
    second.spool.keep(result("e"));
    await second.spool.stop();
    expect(openSpool().uniques()).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("that were released are not there, whether they had been written or not", async () => {
    const { spool } = openSpool();
    spool.keep(result("early"));
    await written('"unique":"early"');
    spool.keep(result("quick"));
    spool.keep(result("stays"));
    spool.release("quick");
    spool.release("early");
    spool.release("never kept");
    await spool.stop();
    expect(openSpool().uniques()).toEqual(["stays"]);
  });

  it("leave no file when all of them are released", async () => {
    const { spool } = openSpool();
    spool.keep(result("one"));
    spool.keep(result("one"));
    await written('"unique":"one"');
    spool.release("one");
    await empty();
    expect(spool.status).toMatchObject({ results: 0, bytes: 0, oldestAge: 0 });
  });

  it("that are released again and again make no large file of it", async () => {
    const { spool } = openSpool();
    spool.keep(result("stays"));
    const workload = Buffer.alloc(1024 * 1024, "x");
    for (let i = 0; i < 12; i++) {
      const unique = `large-${i}`;
      spool.keep(result(unique, { workload }));
      await written(`"unique":"${unique}"`);
      spool.release(unique);
      await until(() => expect(spool.status.bytes).toBeLessThan(7 * 1024 * 1024));
    }
    await spool.stop();
    expect(files().length).toBe(1);
    expect(openSpool().uniques()).toEqual(["stays"]);
  });

  it("that are older than the limit are dropped at the start, with a line", async () => {
    const { spool } = openSpool();
    for (const [unique, age] of [
      ["older", 601],
      ["just", 600],
      ["new", 1],
      ["of tomorrow", -86_400],
    ] as const)
      spool.keep(result(unique, { time: NOW - age }));
    await spool.stop();
    const { uniques, log, spool: second } = openSpool();
    expect(uniques()).toEqual(["just", "new", "of tomorrow"]);
    expect(log.warn).toHaveBeenCalledWith(
      `1 results of ${folder} are older than result_max_age, they are dropped`,
    );
    await second.stop();
    expect(openSpool({ maxAge: 0, now: () => NOW + 1e9 }).uniques()).toEqual(["just", "new", "of tomorrow"]);
  });

  it("are in files that only the worker's user can read", async () => {
    const { spool } = openSpool();
    spool.keep(result("one"));
    await spool.stop();
    const modes = readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777);
    expect([statSync(folder).mode & 0o777, ...modes]).toEqual([0o700, 0o600, 0o600]);
  });
});

describe("a file", () => {
  /** A spool in which these results were left. */
  async function leave(...uniques: readonly string[]): Promise<string> {
    const { spool } = openSpool();
    for (const unique of uniques) spool.keep(result(unique));
    await spool.stop();
    return join(folder, files()[0] ?? "");
  }

  it("whose end was cut off loses that result alone, and is set aside", async () => {
    const path = await leave("one", "two", "three");
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, bytes.length - 5));
    const { uniques, log, spool } = openSpool();
    expect(uniques()).toEqual(["one", "two"]);
    expect(log.error).toHaveBeenCalledWith(`the result spool sets ${path} aside: 1 of its lines are damaged`);
    await until(() => expect(existsSync(`${path}.bad`)).toBe(true));
    expect(existsSync(path)).toBe(false);
    expect(spool.status.setAside).toBe(1);
    await spool.stop();
    const third = openSpool();
    expect(third.uniques()).toEqual(["one", "two"]);
    expect(third.log.error).not.toHaveBeenCalled();
    expect(third.spool.status.setAside).toBe(1);
  });

  it.each([
    ["with other things in it", "junk", "it is no file of the spool"],
    ["of a later version", "omd-worker result spool 2\n", "it is of another version of omd-worker"],
    ["that is empty", "", "it is cut off in its first line"],
  ])("%s is set aside, and the others are used", async (_, text, why) => {
    await leave("one");
    const path = join(folder, "results.77");
    writeFileSync(path, text);
    const { uniques, log } = openSpool();
    expect(uniques()).toEqual(["one"]);
    expect(log.error.mock.calls).toEqual([[`the result spool sets ${path} aside: ${why}`]]);
    await until(() => expect(readFileSync(`${path}.bad`, "utf8")).toBe(text));
  });

  it.each<[what: string, make: (path: string) => void, why: string]>([
    ["a folder", (path) => mkdirSync(path), "it is a folder, not a file"],
    ["a named pipe", (path) => execFileSync("mkfifo", [path]), "it is a named pipe, not a file"],
    ["a link to nothing", (path) => symlinkSync("/nowhere", path), "ENOENT"],
  ])("that is %s is set aside", async (_, make, why) => {
    await leave("one");
    const path = join(folder, "results.9");
    make(path);
    const { uniques, log } = openSpool();
    expect(uniques()).toEqual(["one"]);
    expect(log.error).toHaveBeenCalledWith(expect.stringContaining(`sets ${path} aside: ${why}`));
    await until(() => expect(readdirSync(folder)).toContain("results.9.bad"));
  });

  it("of somebody else is left alone, with a line", async () => {
    await leave("one");
    for (const name of ["notes.txt", "lost+found\n", "core", "x"]) writeFileSync(join(folder, name), "mine");
    const { uniques, log, spool } = openSpool();
    expect(uniques()).toEqual(["one"]);
    expect(log.error).toHaveBeenCalledTimes(1);
    expect(log.error.mock.calls[0]?.[0]).toMatch(/leaves 4 files of others alone: .*, …$/);
    expect(log.error.mock.calls[0]?.[0]).not.toContain("\n");
    expect(spool.status.setAside).toBe(4);
    spool.release("one");
    await empty();
    expect(readFileSync(join(folder, "notes.txt"), "utf8")).toBe("mine");
  });

  it("that was set aside is kept, but only the newest five", async () => {
    for (let number = 1; number <= 8; number++) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(join(folder, `results.${number}`), `junk ${number}`);
      const { spool } = openSpool();
      await until(() => expect(existsSync(join(folder, `results.${number}.bad`))).toBe(true));
      await spool.stop();
    }
    expect(files().toSorted()).toEqual([4, 5, 6, 7, 8].map((number) => `results.${number}.bad`));
  });

  it("that a start was just writing when it was killed does no harm", async () => {
    const path = await leave("one", "two");
    writeFileSync(`${path.replace(/\d+$/, "2")}.part`, HEADER);
    writeFileSync(join(folder, "results.2"), readFileSync(path)); // the old one was not removed yet
    const { uniques, log } = openSpool();
    expect(uniques()).toEqual(["one", "two"]);
    expect(log.error).not.toHaveBeenCalled();
    await until(() => expect(files()).toEqual(["results.3"]));
  });
});

describe("the folder", () => {
  it("is made, with those above it", () => {
    folder = join(parent.path, "a/b/spool");
    openSpool();
    expect(statSync(folder).isDirectory()).toBe(true);
  });

  it.each<[what: string, make: (path: string) => void, says: RegExp]>([
    ["is a file", (path) => writeFileSync(path, ""), /cannot use result_spool: .*EEXIST/],
    [
      "may be written by its group",
      (path) => mkdirWith(path, 0o770),
      /can be written by other users \(chmod go-w\)/,
    ],
    ["may be written by all", (path) => mkdirWith(path, 0o1777), /can be written by other users/],
    [
      "has a link in place of its lock",
      (path) => {
        mkdirWith(path, 0o700);
        symlinkSync(join(path, "elsewhere"), join(path, "lock"));
      },
      /cannot use result_spool: .*ELOOP/,
    ],
  ])("that %s is refused", (_, make, says) => {
    make(folder);
    expect(() => openSpool()).toThrow(SpoolError);
    expect(() => openSpool()).toThrow(says);
  });

  it("is used by one worker at a time, and free when that one has ended or was killed", async () => {
    const { spool } = openSpool();
    expect(() => openSpool()).toThrow(`process ${process.pid} has locked ${folder}/lock`);
    await spool.stop();
    const holder = spawn("flock", ["-n", join(folder, "lock"), "sh", "-c", "echo locked; exec sleep 1000"], {
      stdio: ["ignore", "pipe", "ignore"],
      detached: true,
    });
    await once(holder.stdout, "data");
    expect(() => openSpool()).toThrow(/has locked/);
    const closed = once(holder, "close");
    process.kill(-(holder.pid ?? 0), "SIGKILL");
    await closed;
    openSpool();
  });

  function mkdirWith(path: string, mode: number): void {
    mkdirSync(path);
    chmodSync(path, mode);
  }
});

describe("a disk that takes nothing", () => {
  const problem = (spool: Spool) => until(() => expect(spool.status.problem).toBeDefined());
  const mended = (spool: Spool) => until(() => expect(spool.status.problem).toBeUndefined());

  it("is told once, results stay in memory, and all that wait are written when it takes them again", async () => {
    const { spool, log } = openSpool();
    spool.keep(result("before"));
    spool.keep(result("done"));
    await written('"unique":"done"');
    await until(() => expect(spool.status.bytes).toBeGreaterThan(0));
    const away = join(parent.path, "away");
    renameSync(folder, away);
    // The file grows by what is done, so a new one is to be made, in a folder that is not there.
    spool.keep(result("large", { workload: Buffer.alloc(4_500_000, "x") }));
    spool.release("done");
    await until(() => expect(spool.status.bytes).toBeGreaterThan(4_500_000));
    spool.release("large");
    await problem(spool);
    spool.keep(result("meanwhile"));
    spool.keep(result("done meanwhile"));
    spool.release("done meanwhile");
    expect(spool.status).toMatchObject({ results: 2, problem: expect.stringContaining("ENOENT") });
    await until(() => expect(spool.status.writeErrors).toBeGreaterThan(2));
    renameSync(away, folder);
    await mended(spool);
    spool.keep(result("after"));
    await spool.stop();
    expect(log.error.mock.calls.map(([text]) => String(text).split(":")[0])).toEqual([
      `the result spool ${folder} cannot be written, results are kept in memory only`,
    ]);
    expect(log.info.mock.calls).toEqual([[`the result spool ${folder} can be written again`]]);
    expect(openSpool().uniques()).toEqual(["before", "meanwhile", "after"]);
  });

  it("at the last step of a new file leaves nothing that the next start would deliver again", async () => {
    await using handle = await open("/dev/null");
    const methods = Object.getPrototypeOf(handle) as Pick<FileHandle, "sync">;
    const sync = vi.spyOn(methods, "sync").mockRejectedValueOnce(new Error("EIO"));
    const { spool } = openSpool();
    spool.keep(result("one"));
    await problem(spool);
    await mended(spool);
    sync.mockRestore();
    spool.release("one");
    await spool.stop();
    expect(openSpool().uniques()).toEqual([]);
  });

  it.skipIf(!canMount())("because it is full leaves what was written whole", async () => {
    mkdirSync(folder);
    using _mount = mountSmall(folder, "size=64k,mode=0700");
    const { spool, log } = openSpool();
    spool.keep(result("fits"));
    await written('"unique":"fits"');
    for (let i = 0; i < 20; i++) spool.keep(result(`much-${i}`, { workload: Buffer.alloc(8_000, "x") }));
    await problem(spool);
    expect(log.error.mock.calls[0]?.[0]).toContain("ENOSPC");
    expect(spool.status.results).toBe(21);
    for (let i = 1; i < 20; i++) spool.release(`much-${i}`);
    await mended(spool);
    await spool.stop();
    expect(openSpool().uniques()).toEqual(["fits", "much-0"]);
  });

  it.skipIf(!canMount())(
    "because it is read-only lets the worker start, and is used when that has changed",
    async () => {
      mkdirSync(folder);
      using mount = mountSmall(folder, "mode=0700");
      const { spool } = openSpool();
      spool.keep(result("left", { time: NOW - 100 }));
      await spool.stop();
      mount.remount("ro");
      const second = openSpool();
      second.spool.keep(result("new"));
      expect(second.spool.status.problem).toContain("EROFS");
      expect(second.restored).toEqual([]);
      mount.remount("rw");
      await mended(second.spool);
      expect(second.uniques()).toEqual(["left"]);
      await second.spool.stop();
      expect(openSpool().uniques()).toEqual(["left", "new"]);
    },
  );

  it.skipIf(!canMount())("and had nothing in it is used when that has changed, too", async () => {
    mkdirSync(folder);
    using mount = mountSmall(folder, "mode=0700");
    mount.remount("ro");
    const { spool } = openSpool();
    expect(spool.status.problem).toContain("EROFS");
    mount.remount("rw");
    await mended(spool);
    await until(() => expect(files()).toEqual([]));
    spool.keep(result("new"));
    await spool.stop();
    expect(openSpool().uniques()).toEqual(["new"]);
  });

  it("and takes something again when the worker ends, has what was in memory only", async () => {
    const { spool } = openSpool({ retryMs: 1_000_000 });
    const away = join(parent.path, "away");
    renameSync(folder, away);
    spool.keep(result("one"));
    await problem(spool);
    renameSync(away, folder);
    await spool.stop();
    expect(openSpool().uniques()).toEqual(["one"]);
  });
});
