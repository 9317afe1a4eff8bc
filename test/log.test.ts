import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLog, levelOf, renderLine } from "../src/log.ts";
import { createFolder } from "./support/folder.ts";
import { makeForeign, shareFolder } from "./support/foreign.ts";

const TIME = new Date(2026, 10, 3, 7, 6, 2, 18).getTime();
const STAMP = "[2026-11-03 07:06:02,018]";
const START = `${STAMP}[${process.pid}]`;

describe("a line of text", () => {
  const render = (line: object) => renderLine(JSON.stringify({ time: TIME, ...line }));

  it.each([
    [10, "TRACE"],
    [20, "DEBUG"],
    [30, "INFO "],
    [40, "WARN "],
    [50, "ERROR"],
  ])("of level %i is written as the C worker does: %s", (level, name) => {
    expect(render({ level, msg: "mod_gearman worker exited" })).toBe(
      `${START}[${name}] mod_gearman worker exited\n`,
    );
  });

  it.each<[string, object, string]>([
    ["fields follow the text", { msg: "ran", via: "plugin", seconds: 0.5 }, "ran (via=plugin, seconds=0.5)"],
    ["the reason of an error follows it", { msg: "no", err: { message: "gone", stack: "at x" } }, "no: gone"],
    ["what was thrown need not be an error", { msg: "no", err: "gone" }, "no: gone"],
    ["both", { msg: "no", err: { message: "gone" }, queue: "host" }, "no: gone (queue=host)"],
    ["fields of several values are JSON", { msg: "a", list: [1, 2] }, "a (list=[1,2])"],
    ["fields alone", { a: 1 }, " (a=1)"],
    ["a field of several lines", { msg: "a", output: "one\ntwo\n" }, "a (output=one\\ntwo\\n)"],
    ["a text of several lines", { msg: "output: one\n[2026-11-03] two" }, "output: one\\n[2026-11-03] two"],
    ["what a terminal would obey", { msg: "\x1b[2Ja\0b\tc" }, "\\u001b[2Ja\\u0000b\tc"],
    ["an error of several lines", { msg: "no", err: { message: "one\ntwo" } }, "no: one\\ntwo"],
  ])("%s, on one line", (_, fields, text) => {
    expect(render({ level: 30, ...fields })).toBe(`${START}[INFO ] ${text}\n`);
  });
});

it.each([
  [-1, "error"],
  [0, "info"],
  [1, "debug"],
  [2, "trace"],
  [5, "trace"],
])("debug=%i is level %s", (debug, level) => {
  expect(levelOf(debug)).toBe(level);
});

describe("a log file", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"], now: TIME });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it("has a line for each event of its level, at once", () => {
    using folder = createFolder();
    const file = join(folder.path, "worker.log");
    const log = createLog({ debug: 1, file, format: "text" });
    log.trace("hidden");
    log.debug({ queue: "host" }, "debug");
    log.info("info");
    log.warn("warn");
    log.error({ err: new Error("gone") }, "error");
    expect(readFileSync(file, "utf8").split("\n")).toEqual([
      `${START}[DEBUG] debug (queue=host)`,
      `${START}[INFO ] info`,
      `${START}[WARN ] warn`,
      `${START}[ERROR] error: gone`,
      "",
    ]);
  });

  it("has JSON where that is asked for", () => {
    using folder = createFolder();
    const file = join(folder.path, "worker.log");
    createLog({ debug: 0, file, format: "json" }).info({ queue: "host" }, "hello");
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
      level: 30,
      time: TIME,
      queue: "host",
      msg: "hello",
    });
  });

  it("goes on where it ended", () => {
    using folder = createFolder();
    const file = join(folder.path, "worker.log");
    createLog({ debug: 0, file, format: "text" }).info("first start");
    createLog({ debug: 0, file, format: "text" }).info("second start");
    expect(readFileSync(file, "utf8")).toBe(`${START}[INFO ] first start\n${START}[INFO ] second start\n`);
  });

  it.each(["text", "json"] as const)("takes a new level at once (%s)", (format) => {
    using folder = createFolder();
    const file = join(folder.path, "worker.log");
    const log = createLog({ debug: 0, file, format });
    log.debug("before");
    log.setDebug(2);
    log.trace("after");
    log.setDebug(-1);
    log.info("quiet");
    const text = readFileSync(file, "utf8");
    expect(text).toContain("after");
    expect(text).not.toMatch(/before|quiet/);
  });

  it("is for its owner and group, and in a folder of all users not another user's", () => {
    using folder = createFolder();
    const file = join(folder.path, "worker.log");
    const log = createLog({ debug: 0, file, format: "text" });
    expect(statSync(file).mode & 0o137).toBe(0);
    shareFolder(folder.path);
    renameSync(file, `${file}.1`);
    writeFileSync(file, "");
    makeForeign(file);
    expect(() => log.reopen()).toThrow("belongs to another user");
    expect(() => createLog({ debug: 0, file, format: "text" })).toThrow("belongs to another user");
    log.info("still here");
    expect(readFileSync(`${file}.1`, "latin1")).toContain("still here");
  });

  it("is opened anew after logrotate moved it", () => {
    using folder = createFolder();
    const file = join(folder.path, "worker.log");
    const log = createLog({ debug: 0, file, format: "text" });
    log.info("old");
    renameSync(file, `${file}.1`);
    log.info("still old");
    log.reopen();
    log.info("new");
    log.flush();
    expect(readFileSync(`${file}.1`, "utf8")).toBe(`${START}[INFO ] old\n${START}[INFO ] still old\n`);
    expect(readFileSync(file, "utf8")).toBe(`${START}[INFO ] new\n`);
  });

  it("may become another one", () => {
    using folder = createFolder();
    const [file, other] = [join(folder.path, "worker.log"), join(folder.path, "other.log")];
    const log = createLog({ debug: 0, file, format: "text" });
    log.info("old");
    log.reopen(other);
    log.info("new");
    log.reopen();
    log.info("newer");
    expect(readFileSync(file, "utf8")).toBe(`${START}[INFO ] old\n`);
    expect(readFileSync(other, "utf8")).toBe(`${START}[INFO ] new\n${START}[INFO ] newer\n`);
  });

  it("that cannot be opened anew stays the old one", () => {
    using folder = createFolder();
    const logs = join(folder.path, "logs");
    const file = join(logs, "worker.log");
    mkdirSync(logs);
    const log = createLog({ debug: 0, file, format: "text" });
    renameSync(logs, `${logs}.old`);
    expect(() => log.reopen()).toThrow(/ENOENT.*logs\/worker\.log/);
    log.info("still here");
    renameSync(`${logs}.old`, logs);
    log.reopen();
    log.info("again");
    expect(readFileSync(file, "utf8")).toBe(`${START}[INFO ] still here\n${START}[INFO ] again\n`);
  });

  it("on a full disk costs lines, not the worker", () => {
    const log = createLog({ debug: 0, file: "/dev/full", format: "text" });
    for (let i = 0; i < 3; i++) log.info("lost");
    log.flush();
  });

  it("that cannot be opened is told at the start", () => {
    using folder = createFolder();
    const file = join(folder.path, "nowhere", "worker.log");
    expect(() => createLog({ debug: 0, file, format: "text" })).toThrow(/ENOENT.*nowhere\/worker\.log/);
  });
});
