import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type HandlerRun, renderRun } from "../../../src/handlers/handler-run.ts";
import { createFolder } from "../../support/folder.ts";
import { run } from "../io.ts";

const NOW = Date.parse("2026-11-26T12:00:00Z");
const DAY_MS = 86_400_000;

let folder: ReturnType<typeof createFolder>;
let log: string;
beforeEach(() => {
  folder = createFolder();
  log = join(folder.path, "handlers.jsonl");
  vi.stubEnv("TZ", "UTC");
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  folder[Symbol.dispose]();
});

function write(handler: string, daysAgo: number, more: Partial<HandlerRun> = {}, file = log): void {
  const one = { time: new Date(NOW - daysAgo * DAY_MS).toISOString(), handler, ...more };
  const rest = { worker: "gw", queue: "eventhandler", output: "done", command: `/p/${handler}` };
  appendFileSync(file, renderRun({ result: "ok", returnCode: 0, seconds: 1, ...rest, ...one }));
}

function writeWeek(): void {
  write("restart", 8, {}, `${log}.1`);
  write("restart", 6, { seconds: 2 }, `${log}.1`);
  write("restart", 2, {
    result: "failed",
    returnCode: 2,
    seconds: 3,
    host: "web1",
    service: "http",
    output: "no such\u001b unit",
  });
  write("scale", 1, { result: "dry-run", returnCode: undefined, seconds: 0 });
  write("restart", 0.5, { result: "refused", returnCode: undefined, seconds: 0 });
}

const report = (...words: readonly string[]) => run("handlers", ["report", ...words]);

describe("omd-worker handlers report", () => {
  it("says which handlers ran in a week, how often, how long, and which failed", async () => {
    writeWeek();
    expect(await report(`--eventhandler_log=${log}`)).toEqual({
      code: 0,
      stderr: "",
      stdout: `4 runs of 2 event handlers since 2026-11-19 12:00:00, from ${log}.1, ${log}

HANDLER  RUNS  OK  FAILED  TIMED OUT  REFUSED  DRY RUN  TOO OLD  MEAN   LONGEST  LAST
restart  3     1   1       0          1        0        0        2.5 s  3 s      2026-11-26 00:00:00
scale    1     0   0       0          0        1        0        0 s    0 s      2026-11-25 12:00:00

last failures:
  restart, 2026-11-24 12:00:00 for http - web1: return code 2: no such? unit
`,
    });
  });

  it.each([
    [["--since", "1d"], 2],
    [["--since=60h"], 3],
    [["--since=2026-11-01"], 5],
  ])("%s counts from then on", async (words, runs) => {
    writeWeek();
    const { stdout } = await report(`--eventhandler_log=${log}`, ...words);
    expect(stdout).toContain(`${runs} runs of `);
  });

  it("says which never ran, of a list", async () => {
    writeWeek();
    const list = join(folder.path, "list");
    writeFileSync(list, "# ours\n/p/restart\nscale\nnever\n");
    const { stdout } = await report(log, `--known=${list}`);
    expect(stdout).toContain("\nnever ran (1): never\n");
  });

  it("says which never ran, of those that the core's objects.cache has", async () => {
    writeWeek();
    const { stdout } = await report(
      `${log}.1`,
      log,
      "--known",
      "test/fixtures/naemon/objects.cache",
      "--json",
    );
    expect(JSON.parse(stdout).neverRan).toEqual(["restart_service.sh"]);
  });

  describe("of one program that serves many", () => {
    const call = (host: string, unit: string, more: Partial<HandlerRun> = {}) => {
      const [state, stateType, attempt] = ["CRITICAL", more.stateType ?? "HARD", more.attempt ?? 3];
      const words = `--host='${host}' --state=${state} --state-type=${stateType} --attempt=${attempt} --unit=${unit}`;
      const run = { host, service: unit, state, stateType, attempt, command: `/p/restart ${words}`, ...more };
      write("restart", 1, run);
    };
    const rows = async (...words: readonly string[]) => {
      const told = JSON.parse((await report(log, "--json", ...words)).stdout);
      return told.handlers.map(({ name, handler, runs }: Record<string, unknown>) => [name, handler, runs]);
    };
    beforeEach(() => {
      call("web1", "http", { stateType: "SOFT", attempt: 1 });
      call("web1", "http");
      call("web1", "db");
      call("web2", "http");
      write("mail", 1, {
        command: "/p/mail CRITICAL SOFT 2",
        state: "CRITICAL",
        stateType: "SOFT",
        attempt: 2,
      });
    });

    it.each([
      [
        "host",
        [
          ["(not named)", "mail", 1],
          ["web1", "restart", 3],
          ["web2", "restart", 1],
        ],
      ],
      [
        "service",
        [
          ["(not named)", "mail", 1],
          ["db - web1", "restart", 1],
          ["http - web1", "restart", 2],
          ["http - web2", "restart", 1],
        ],
      ],
      [
        "command",
        [
          ["/p/mail <state> <state-type> <attempt>", "mail", 1],
          ...[
            ["web1", "db", 1],
            ["web1", "http", 2],
            ["web2", "http", 1],
          ].map(([host, unit, runs]) => [
            `/p/restart --host='${host}' --state=<state> --state-type=<state-type> --attempt=<attempt> --unit=${unit}`,
            ...["restart", runs],
          ]),
        ],
      ],
    ])("has a row for each %s with --by", async (by, expected) => {
      expect(await rows(`--by=${by}`)).toEqual(expected);
    });

    it("shows command lines at the end of their rows", async () => {
      const { stdout } = await report(log, "--by", "command");
      expect(stdout).toContain("5 runs of 4 command lines of event handlers since");
      expect(stdout).toMatch(/^RUNS .* COMMAND$/m);
      expect(stdout).toMatch(/^1 .* \/p\/mail <state> <state-type> <attempt>$/m);
    });

    it("names those of objects.cache that never ran, as the rows are named", async () => {
      const cache = join(folder.path, "objects.cache");
      const service = (host: string, name: string, handler: string) =>
        `define service {\n\thost_name\t${host}\n\tservice_description\t${name}\n\tevent_handler\t${handler}\n}\n`;
      const macros =
        "--host='$HOSTNAME$' --state=$SERVICESTATE$ --state-type=$SERVICESTATETYPE$ --attempt=$SERVICEATTEMPT$";
      writeFileSync(
        cache,
        [
          `define command {\n\tcommand_name\trestart\n\tcommand_line\t/p/restart ${macros} --unit=$ARG1$\n}\n`,
          `define command {\n\tcommand_name\tlogin\n\tcommand_line\t/p/login --password=abcdef $HOSTNAME$\n}\n`,
          ...[service("web1", "http", "restart!http"), service("web1", "ldap", "restart!ldap")],
          ...[service("web3", "http", "restart!http"), service("web2", "ssh", "login")],
          "define service {\n\thost_name\tweb4\n\tservice_description\tquiet\n}\n",
        ].join(""),
      );
      const never = async (by: string) =>
        JSON.parse((await report(log, "--json", `--by=${by}`, `--known=${cache}`)).stdout).neverRan;
      expect(await never("handler")).toEqual(["login"]);
      expect(await never("host")).toEqual(["web3"]);
      expect(await never("service")).toEqual(["http - web3", "ldap - web1", "ssh - web2"]);
      expect(await never("command")).toEqual([
        "/p/login --password=*** $HOSTNAME$",
        `/p/restart ${macros} --unit=ldap`,
      ]);
    });
  });

  it("prints JSON, with the last failure whole", async () => {
    writeWeek();
    const { code, stdout } = await report(log, "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      since: "2026-11-19T12:00:00.000Z",
      files: [log],
      unreadableLines: 0,
      handlers: [
        {
          handler: "restart",
          runs: 2,
          results: { failed: 1, refused: 1 },
          lastFailure: { host: "web1", command: "/p/restart" },
        },
        { handler: "scale", runs: 1, results: { "dry-run": 1 } },
      ],
    });
  });

  it("reads the logs of several workers from their folder, and nothing else of it", async () => {
    const [one, other] = ["gw-1", "gw-2"].map((name) => join(folder.path, `${name}.jsonl`));
    write("a", 3, {}, `${one}.1`);
    write("a", 2, {}, one);
    write("b", 1, {}, other);
    write("c", 1, {}, join(folder.path, "notes.txt"));
    const { stdout } = await report(folder.path, "--json");
    const told = JSON.parse(stdout);
    expect(told.files).toEqual([`${one}.1`, one, other]);
    expect(told.handlers).toMatchObject([
      { handler: "a", runs: 2 },
      { handler: "b", runs: 1 },
    ]);
  });

  it("says that a folder has no log", async () => {
    expect(await report(folder.path)).toEqual({
      code: 1,
      stdout: "",
      stderr: `no log of event handlers, *.jsonl, is in ${folder.path}\n`,
    });
  });

  it("passes over lines that are none, and counts them", async () => {
    writeFileSync(log, `not json\n{"time":"now"}\n\nnull\n`);
    write("a", 1);
    const { stdout } = await report(log);
    expect(stdout).toContain("1 runs of 1 event handlers");
    expect(stdout).toContain("3 lines cannot be read");
  });

  it.each([
    [["report"], 1, "eventhandler_log is not set"],
    [["report", "--eventhandler_log=/nowhere/log"], 1, "there is no /nowhere/log"],
    [["report", "/nowhere/log"], 1, "cannot be read"],
    [["report", "--since=soon"], 3, "--since: 'soon' is neither a time"],
    [["report", "--since"], 3, "--since: '' is neither a time"],
    [["report", "/dev/null", "--known=/nowhere/list"], 3, "/nowhere/list: it cannot be read"],
    [["report", "/dev/null", "--by=day"], 3, "--by: 'day' is none of handler, command, host, service"],
    [["report", "/dev/null", "--sinc=7d"], 0, "unknown option 'sinc'"],
    [["show"], 3, "unknown word 'show'"],
    [[], 3, "handlers report"],
  ])("%j ends with %d", async (words, code, text) => {
    const said = await run("handlers", words);
    expect(said.code).toBe(code);
    expect(said.stderr).toContain(text);
  });
});
