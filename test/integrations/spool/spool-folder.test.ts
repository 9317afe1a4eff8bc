import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { entryTime, newEntryName } from "../../../integrations/spool/entry-name.ts";
import { SpoolFolder, SpoolFolderError } from "../../../integrations/spool/spool-folder.ts";

const LIMITS = { entries: 3, bytes: 100 };
const NOW = 1_764_144_000_123;

describe("a folder of entries", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "spool-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("gives back what was put into it, in its order", async () => {
    const spool = await SpoolFolder.open(folder, LIMITS);
    for (const text of ["one", "two", "three"]) await spool.put(Buffer.from(text), NOW);
    const entries = await spool.list();
    const texts = await Promise.all(entries.map(async (entry) => String(await spool.read(entry))));
    expect(texts).toEqual(["one", "two", "three"]);
    expect(entries.map(({ bytes, time }) => [bytes, time])).toEqual([3, 3, 5].map((size) => [size, NOW]));
  });

  it("keeps the order in which entries came, though the clock is set back meanwhile", async () => {
    const spool = await SpoolFolder.open(folder, { ...LIMITS, entries: 9 });
    for (const [at, text] of ["one", "two", "three", "four"].entries())
      await spool.put(Buffer.from(text), NOW - at * 3_600_000);
    const texts = await Promise.all(
      (await spool.list()).map(async (entry) => String(await spool.read(entry))),
    );
    expect(texts).toEqual(["one", "two", "three", "four"]);
  });

  it("keeps entries of another time", async () => {
    const first = await SpoolFolder.open(folder, LIMITS);
    await first.put(Buffer.from("kept"));
    const second = await SpoolFolder.open(folder, LIMITS);
    const [entry] = await second.list();
    expect(entry && String(await second.read(entry))).toBe("kept");
  });

  it.each([
    { what: "entries", sizes: [1, 1, 1, 1] },
    { what: "bytes", sizes: [60, 41] },
  ])("has no room beyond its limit of $what", async ({ sizes }) => {
    const spool = await SpoolFolder.open(folder, LIMITS);
    const kept = [];
    for (const size of sizes) kept.push(await spool.put(Buffer.alloc(size)));
    expect(kept.map((entry) => entry !== undefined)).toEqual(sizes.map((_, at) => at < sizes.length - 1));
    expect(await spool.list()).toHaveLength(sizes.length - 1);
    expect(readdirSync(join(folder, "unfinished"))).toEqual([]);
  });

  it("has room for as many entries as can be too large together, and for none that is larger than any", async () => {
    const spool = await SpoolFolder.open(folder, { entries: 9, bytes: 25, entryBytes: 10 });
    const kept = [];
    for (const size of [11, 10, 9, 7, 6]) kept.push(await spool.put(Buffer.alloc(size)));
    expect(kept.map((entry) => entry?.bytes)).toEqual([undefined, 10, 9, undefined, 6]);
    expect((await spool.names()).map(({ time }) => time)).toEqual(
      (await spool.list()).map(({ time }) => time),
    );
  });

  it("has room again when an entry was removed", async () => {
    const spool = await SpoolFolder.open(folder, { entries: 1, bytes: 100 });
    const entry = await spool.put(Buffer.from("a"));
    expect(await spool.put(Buffer.from("b"))).toBeUndefined();
    if (entry) await spool.remove(entry);
    expect(await spool.put(Buffer.from("b"))).toBeDefined();
  });

  it("of one process is looked at once, and has its limits all the same", async () => {
    const spool = await SpoolFolder.open(folder, { entries: 2, bytes: 100, isOwn: true });
    const first = await spool.put(Buffer.alloc(60));
    expect(await spool.put(Buffer.alloc(41))).toBeUndefined();
    const second = await spool.put(Buffer.alloc(40));
    expect(await spool.put(Buffer.alloc(0))).toBeUndefined();
    for (const entry of [first, second]) if (entry) await spool.remove(entry);
    expect(await spool.usage()).toEqual({ entries: 0, bytes: 0 });
    const again = await SpoolFolder.open(folder, { entries: 2, bytes: 100, isOwn: true });
    await spool.put(Buffer.alloc(7));
    expect(await again.usage()).toEqual({ entries: 1, bytes: 7 });
  });

  it("sets aside what nobody could read", async () => {
    const spool = await SpoolFolder.open(folder, LIMITS);
    const entry = await spool.put(Buffer.from("broken"));
    const path = entry && (await spool.setAside(entry));
    expect(path && readFileSync(path, "utf8")).toBe("broken");
    expect(await spool.list()).toEqual([]);
  });

  it("leaves files of others alone", async () => {
    writeFileSync(join(folder, "notes.txt"), "mine");
    mkdirSync(join(folder, newEntryName(NOW)));
    const spool = await SpoolFolder.open(folder, LIMITS);
    expect([await spool.list(), await spool.names()]).toEqual([[], []]);
    expect(readdirSync(folder)).toContain("notes.txt");
  });

  it("shows no entry that is still written, and cleans up after a writer that died", async () => {
    const spool = await SpoolFolder.open(folder, LIMITS);
    const [old, fresh] = [newEntryName(NOW - 3_600_001), newEntryName(NOW)];
    for (const name of [old, fresh]) writeFileSync(join(folder, "unfinished", name), "half");
    expect(await spool.list()).toEqual([]);
    await spool.clean(NOW);
    expect(readdirSync(join(folder, "unfinished"))).toEqual([fresh]);
  });

  it("keeps what was set aside for thirty days, and what others have put there", async () => {
    const spool = await SpoolFolder.open(folder, LIMITS);
    const day = 86_400_000;
    const entry = await spool.put(Buffer.from("x"), NOW - 300 * day);
    if (entry) await spool.setAside(entry);
    writeFileSync(join(folder, "set-aside", "notes.txt"), "mine");
    const left = () => readdirSync(join(folder, "set-aside")).toSorted();
    await spool.clean(Date.now() + 29 * day);
    expect(left()).toEqual([entry?.name, "notes.txt"]);
    await spool.clean(Date.now() + 31 * day);
    expect(left()).toEqual(["notes.txt"]);
  });

  it("says that an entry has gone meanwhile", async () => {
    const spool = await SpoolFolder.open(folder, LIMITS);
    const entry = await spool.put(Buffer.from("a"));
    if (entry) await spool.remove(entry);
    expect(entry && (await spool.read(entry))).toBeUndefined();
  });

  it("refuses a folder that others may write to", async () => {
    chmodSync(folder, 0o777);
    const opening = SpoolFolder.open(folder, LIMITS);
    await expect(opening).rejects.toThrow(SpoolFolderError);
    await expect(opening).rejects.toThrow(`${folder} can be written by other users (chmod go-w)`);
  });

  it("makes the folders above it", async () => {
    const path = join(folder, "a/b");
    await SpoolFolder.open(path, LIMITS);
    expect(readdirSync(path).sort()).toEqual(["set-aside", "unfinished"]);
  });

  it("ends where the system refuses a folder", async () => {
    await expect(SpoolFolder.open("/proc/none", LIMITS)).rejects.toThrow(
      /^cannot use the spool: E\w+: .*'\/proc\/none'$/,
    );
  });

  it("refuses a file", async () => {
    const path = join(folder, "file");
    writeFileSync(path, "");
    await expect(SpoolFolder.open(path, LIMITS)).rejects.toThrow("cannot use the spool: ENOTDIR");
  });
});

describe("names of entries", () => {
  it("sort as they were made", () => {
    const names = Array.from({ length: 20 }, (_, at) => newEntryName(NOW + Math.floor(at / 5)));
    expect([...names].sort()).toEqual(names);
    expect(names.map(entryTime)).toEqual(names.map((_, at) => NOW + Math.floor(at / 5)));
  });

  it.each(["notes.txt", ".entry", "1-1-1-1.entry", `x${newEntryName(NOW)}`])("%s is none", (name) => {
    expect(entryTime(name)).toBeUndefined();
  });
});
