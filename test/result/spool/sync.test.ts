import { existsSync, readFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { SpooledResult } from "../../../src/result/spool/records.ts";
import { Spool } from "../../../src/result/spool/spool.ts";
import { createFolder } from "../../support/folder.ts";
import { until } from "../../support/gearman/actors.ts";
import { stubLog } from "../../support/stub-log.ts";

const NOW = 1_700_000_000;

let folder: ReturnType<typeof createFolder>;
/** What has happened to the disk, in its order. */
let happened: string[];
/** A sync ends when this is resolved. */
let mayEnd: PromiseWithResolvers<void>;

/** No file tells whether it was synced, so the calls of all file handles are watched. */
beforeEach(async () => {
  folder = createFolder();
  happened = [];
  mayEnd = Promise.withResolvers();
  mayEnd.resolve();
  await using handle = await open("/dev/null");
  const methods = Object.getPrototypeOf(handle) as Pick<FileHandle, "datasync" | "sync">;
  const { datasync, sync } = methods;
  vi.spyOn(methods, "datasync").mockImplementation(async function (this: FileHandle) {
    const part = pathOf("results.1.part");
    const path = existsSync(part) ? part : pathOf("results.1");
    const names = [...readFileSync(path, "utf8").matchAll(/"unique":"([^"]*)"/g)].map(([, name]) => name);
    happened.push(`sync ${path.endsWith(".part") ? "before" : "after"} it has its name: ${names}`);
    await mayEnd.promise;
    await datasync.call(this);
    happened.push("synced");
  });
  vi.spyOn(methods, "sync").mockImplementation(async function (this: FileHandle) {
    happened.push(
      `sync of the folder, the file ${existsSync(pathOf("results.1")) ? "has" : "has not"} its name`,
    );
    await sync.call(this);
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  folder[Symbol.dispose]();
});

function pathOf(name: string): string {
  return join(folder.path, "spool", name);
}

function openSpool(): Spool {
  const spool = new Spool({
    folder: join(folder.path, "spool"),
    maxAge: 600,
    log: stubLog(),
    now: () => NOW,
    onRestored: () => {},
  });
  spool.start();
  return spool;
}

function result(unique: string): SpooledResult {
  const workload = Buffer.from("sealed");
  return { unique, server: "a:4730", queue: "check_results", workload, time: NOW };
}

it("a result is synced to the disk before its file has its name, and each later group with it", async () => {
  const spool = openSpool();
  spool.keep(result("one"));
  spool.keep(result("two"));
  await until(() => expect(happened).toHaveLength(3));
  spool.keep(result("three"));
  await spool.stop();
  expect(happened).toEqual([
    "sync before it has its name: one,two",
    "synced",
    "sync of the folder, the file has its name",
    "sync after it has its name: one,two,three",
    "synced",
  ]);
});

it("a mark is written without a sync", async () => {
  const spool = openSpool();
  spool.keep(result("one"));
  spool.keep(result("two"));
  await until(() => expect(happened).toHaveLength(3));
  spool.release("one");
  await spool.stop();
  expect(readFileSync(pathOf("results.1"), "utf8")).toContain('{"done":"one"}');
  expect(happened).toHaveLength(3);
});

it("the end of a worker waits for the sync", async () => {
  const spool = openSpool();
  mayEnd = Promise.withResolvers();
  spool.keep(result("one"));
  const stopping = spool.stop().then(() => happened.push("stopped"));
  await until(() => expect(happened).toHaveLength(1));
  mayEnd.resolve();
  await stopping;
  expect(happened.slice(1)).toEqual(["synced", "sync of the folder, the file has its name", "stopped"]);
});
