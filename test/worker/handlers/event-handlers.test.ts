import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkPgsql } from "../../../plugins/pgsql/check_pgsql.ts";
import { readRun } from "../../../src/handlers/handler-run.ts";
import { decodeJob } from "../../../src/job/decode.ts";
import type { Outcome } from "../../../src/outcome/outcome.ts";
import { judgeSettings } from "../../../src/result/judge.ts";
import { createShelf } from "../../../src/run/shelf.ts";
import { EventHandlers } from "../../../src/worker/handlers/event-handlers.ts";
import { LogThrottle } from "../../../src/worker/log-throttle.ts";
import { createFolder } from "../../support/folder.ts";
import { stubLog } from "../../support/stub-log.ts";

const JUDGE = judgeSettings({
  identifier: "gw",
  timeoutReturn: 3,
  showErrorOutput: true,
  debugResult: false,
  workerNameInResult: "off",
  workaroundRc25: false,
});
const OK: Outcome = { kind: "exited", returnCode: 0, stdout: "restarted\nmore\n", stderr: "" };
const LINE = "/p/restart --host=web1 --service=http --state=CRITICAL --state-type=HARD --attempt=3";

let folder: ReturnType<typeof createFolder>;
let path: string;
beforeEach(() => {
  folder = createFolder();
  path = join(folder.path, "handlers.jsonl");
});
afterEach(() => folder[Symbol.dispose]());

function createHandlers(eventhandlerLog: string | undefined, eventhandlerLogSize = 10, stage?: string) {
  const log = stubLog();
  const logged = { eventhandlerLog, eventhandlerLogSize, stage };
  const settings = { eventhandlerRate: [], eventhandlerDryRun: [], ...logged };
  const findMarks = createShelf([checkPgsql]).find;
  const handlers = new EventHandlers({ settings, throttle: new LogThrottle(log), findMarks });
  handlers.configure(settings);
  const tell = (outcome: Outcome = OK, line = LINE, type = "eventhandler") =>
    handlers.listener.ran?.({
      job: decodeJob(`type=${type}\nhost_name=h\nservice_description=s\ncommand_line=${line}\n`),
      ran: { outcome, via: "plugin", why: "so", startTime: 1_700_000_000, finishTime: 1_700_000_001.25 },
      settings: { maxAge: 0, judge: JUDGE },
      queue: "eventhandler",
    });
  return { tell, log };
}

const lines = (file = path) => readFileSync(file, "utf8").split("\n").slice(0, -1);
const last = () => readRun(lines().at(-1) ?? "");

describe("the log of event handlers", () => {
  it("has a line for each run, and none for anything else", () => {
    const { tell } = createHandlers(path);
    tell();
    tell(OK, "/p/check", "service");
    tell(OK, "/p/mail", "notification");
    expect(lines()).toHaveLength(1);
    expect(last()).toEqual({
      time: "2023-11-14T22:13:20.000Z",
      worker: "gw",
      queue: "eventhandler",
      handler: "restart",
      host: "web1",
      service: "http",
      state: "CRITICAL",
      stateType: "HARD",
      attempt: 3,
      result: "ok",
      returnCode: 0,
      seconds: 1.25,
      output: "restarted",
      command: LINE,
    });
    expect(statSync(path).mode & 0o777).toBe(0o640);
    createHandlers(path, 10, "prod").tell();
    expect(last()).toMatchObject({ worker: "gw", stage: "prod" });
  });

  it.each<[string, Outcome, object]>([
    [
      "another return code",
      { kind: "exited", returnCode: 2, stdout: "", stderr: "no such unit\n" },
      { result: "failed", returnCode: 2, output: "no such unit" },
    ],
    [
      "no output",
      { kind: "exited", returnCode: 1, stdout: "", stderr: "" },
      { result: "failed", output: "" },
    ],
    ["a signal", { kind: "signalled", signal: 9, stdout: "", stderr: "" }, { result: "failed", signal: 9 }],
    [
      "a time-out",
      { kind: "timed-out", after: 30, stdout: "half", stderr: "" },
      { result: "timed-out", output: "half" },
    ],
    [
      "a refusal",
      { kind: "refused", refusal: { rule: "handler-too-often", handler: "restart", rate: "restart:3/1h" } },
      { result: "refused", output: expect.stringContaining("restart:3/1h") },
    ],
    [
      "a dry run",
      { kind: "refused", refusal: { rule: "handler-dry-run", handler: "restart" } },
      { result: "dry-run", output: expect.stringContaining("eventhandler_dry_run") },
    ],
    ["its age", { kind: "too-old", age: 90 }, { result: "too-old" }],
    [
      "a fault",
      { kind: "crashed", error: new Error("no shell") },
      { result: "failed", output: expect.stringContaining("no shell") },
    ],
  ])("says how a run ended: by %s", (_, outcome, expected) => {
    createHandlers(path).tell(outcome);
    expect(last()).toMatchObject(expected);
  });

  it("has no secret of the command line, and no control character", () => {
    const stdout = "password hunter22 is \u001b[31mwrong\r\n";
    createHandlers(path).tell(
      { kind: "exited", returnCode: 1, stdout, stderr: "" },
      "PGPASSWORD=hunter22 /p/check_pgsql -p hunter22 --host=db1",
    );
    expect(readFileSync(path, "utf8")).not.toContain("hunter22");
    expect(last()).toMatchObject({ host: "db1", output: "password *** is  [31mwrong" });
  });

  it("has UTF-8 as it was, and long texts cut", () => {
    const stdout = Buffer.from(`grün ${"x".repeat(100_000)}`).toString("latin1");
    createHandlers(path).tell(
      { kind: "exited", returnCode: 0, stdout, stderr: "" },
      `/p/x ${"y".repeat(500_000)}`,
    );
    expect(last()?.output).toMatch(/^grün x{100}/);
    expect(statSync(path).size).toBeLessThan(4_096);
  });

  it("goes on in a new file when it was renamed, removed or truncated", () => {
    const { tell, log } = createHandlers(path);
    tell();
    renameSync(path, `${path}.old`);
    tell();
    expect([lines(), lines(`${path}.old`)].map(({ length }) => length)).toEqual([1, 1]);
    tell();
    truncateSync(path);
    tell();
    expect(lines()).toHaveLength(1);
    expect(log.error).not.toHaveBeenCalled();
  });

  it("is renamed when it is full, so both files are bounded; not with size 0", () => {
    const stdout = "x".repeat(500);
    const long = `/p/x ${"y".repeat(1_900)}`;
    const { tell } = createHandlers(path, 1);
    for (let at = 0; at < 1_200; at += 1) tell({ kind: "exited", returnCode: 0, stdout, stderr: "" }, long);
    expect([path, `${path}.1`].map((file) => statSync(file).size <= 1_048_576)).toEqual([true, true]);
    expect(lines().length + lines(`${path}.1`).length).toBeLessThan(1_200);
    const free = createHandlers(join(folder.path, "free"), 0);
    for (let at = 0; at < 600; at += 1)
      free.tell({ kind: "exited", returnCode: 0, stdout, stderr: "" }, long);
    expect(lines(join(folder.path, "free"))).toHaveLength(600);
  });

  it("tells at once if it cannot be written, and does no harm to the run", () => {
    mkdirSync(path);
    const { tell, log } = createHandlers(path);
    expect(log.error).toHaveBeenCalledExactlyOnceWith(
      expect.anything(),
      `cannot write eventhandler_log=${path}`,
    );
    expect(() => tell()).not.toThrow();
  });

  it("begins a new line after one that a full disk has cut off", () => {
    symlinkSync("/dev/full", path);
    const { tell, log } = createHandlers(path);
    tell();
    expect(log.error).toHaveBeenCalledExactlyOnceWith(
      { err: expect.objectContaining({ code: "ENOSPC" }) },
      `cannot write eventhandler_log=${path}`,
    );
    rmSync(path);
    tell();
    expect(lines()).toEqual(["", expect.stringContaining("restart")]);
    tell();
    expect(lines()).toHaveLength(3);
  });

  it("is not there without the option", () => {
    createHandlers(undefined).tell();
    expect(existsSync(path)).toBe(false);
  });
});
