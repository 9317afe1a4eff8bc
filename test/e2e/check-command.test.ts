import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createFolder } from "../support/folder.ts";
import { createMark, leftBehind } from "../support/processes/leftovers.ts";
import { runProgram } from "../support/processes/worker.ts";

const PLUGINS = join(import.meta.dirname, "../fixtures/mod-gearman/plugins");
/** Not there, so that the worker's own answers. */
const NOWHERE = "/nowhere/plugins";

interface Case {
  readonly what: string;
  readonly args: readonly string[];
  readonly exitCode: number;
  readonly output: string | RegExp;
}

const CASES: readonly Case[] = [
  {
    what: "a plugin and its arguments",
    args: ["--", `${PLUGINS}/p_echo`, "1", "WARNING - two  blanks"],
    exitCode: 1,
    output: "WARNING - two  blanks",
  },
  {
    what: "a command line in one word",
    args: [`${PLUGINS}/p_echo 2 "CRITICAL - quoted"`],
    exitCode: 2,
    output: "CRITICAL - quoted",
  },
  {
    what: "a command line for a shell",
    args: ["--", "echo 'WARNING - piped' | tr a-z A-Z; exit 1"],
    exitCode: 1,
    output: "WARNING - PIPED",
  },
  {
    what: "words a shell would change",
    args: ["--", "/bin/echo", "$HOME", "*", "a'b", "c;d"],
    exitCode: 0,
    output: "$HOME * a'b c;d",
  },
  {
    what: "stderr beside stdout",
    args: ["--", `${PLUGINS}/p_stderr`, "2", "CRITICAL - out", "and err"],
    exitCode: 2,
    output: "CRITICAL - out\n[and err]",
  },
  {
    what: "UTF-8 in and out",
    args: ["--", "/bin/echo", "Grüße 日本語"],
    exitCode: 0,
    output: "Grüße 日本語",
  },
  {
    what: "a native check_dummy",
    args: ["--", `${NOWHERE}/check_dummy`, "1", "native"],
    exitCode: 1,
    output: "WARNING: native",
  },
  {
    what: "negate around a plugin",
    args: ["--", `${NOWHERE}/negate`, `${PLUGINS}/p_echo`, "2", "CRITICAL - meant so"],
    exitCode: 0,
    output: "CRITICAL - meant so",
  },
  {
    what: "negate around a native check",
    args: ["--", `${NOWHERE}/negate`, `${NOWHERE}/check_dummy`, "0", "up"],
    exitCode: 2,
    output: "OK: up",
  },
  {
    what: "a plugin that is missing",
    args: ["--identifier=me", "--", "/does/not/exist"],
    exitCode: 2,
    output:
      "CRITICAL: Return code of 127 is out of bounds. Make sure the plugin you're trying to run actually exists. (worker: me)",
  },
  {
    what: "a file that is no program",
    args: ["--identifier=me", "--", `${PLUGINS}/p_notexec`],
    exitCode: 2,
    output:
      "CRITICAL: Return code of 126 is out of bounds. Make sure the plugin you're trying to run is executable. (worker: me)",
  },
  {
    what: "a plugin that dies",
    args: ["--identifier=me", "--", `${PLUGINS}/p_killself`, "TERM"],
    exitCode: 2,
    output:
      "CRITICAL: Return code of 143 is out of bounds. Plugin exited by signal SIGTERM. (worker: me)\ndying by signal TERM",
  },
  {
    what: "a plugin that is too slow",
    args: ["--job_timeout=1", "--identifier=me", "--", `${PLUGINS}/p_sleep`, "60"],
    exitCode: 2,
    output: "(Service Check Timed Out On Worker: me)",
  },
  {
    what: "what timeout_return says of it",
    args: ["--job_timeout=1", "--timeout_return=3", "--identifier=me", "--", `${PLUGINS}/p_sleep`, "60"],
    exitCode: 3,
    output: "(Service Check Timed Out On Worker: me)",
  },
  {
    what: "a path that is not allowed",
    args: [`--restrict_path=${NOWHERE}`, "--", "/bin/echo", "x"],
    exitCode: 3,
    output: "ERROR: command does not start with any of the restricted paths: /bin/ech...",
  },
  {
    what: "a way around the allowed path",
    args: [`--restrict_path=${PLUGINS}`, "--", `${PLUGINS}/../../../../bin/echo`],
    exitCode: 3,
    output: /^ERROR: command does not start with any of the restricted paths/,
  },
  {
    what: "a character that is not allowed",
    args: [`--restrict_path=${PLUGINS}`, "--", `${PLUGINS}/p_echo 0 x; id`],
    exitCode: 3,
    output: /^ERROR: restricted paths in affect, but command contains forbidden character/,
  },
  {
    what: "an allowed path",
    args: [`--restrict_path=${PLUGINS}`, "--", `${PLUGINS}/p_args a b`],
    exitCode: 0,
    output: "ARGS 2: [a] [b]",
  },
  { what: "nothing at all", args: ["--", ":"], exitCode: 0, output: "" },
];

describe("omd-worker check prints what the core would see of", () => {
  it.concurrent.each(CASES)("$what, and exits with its code", async ({ args, exitCode, output }) => {
    const mark = createMark();
    const ran = await runProgram("omd-worker", ["check", ...args], mark.env);
    expect(ran).toEqual({
      exitCode,
      stdout: typeof output === "string" ? output : expect.stringMatching(output),
      stderr: "",
    });
    expect(await leftBehind(() => mark.processes().map(({ commandLine }) => commandLine))).toEqual([]);
  });
});

describe("omd-worker check", () => {
  it("reads a configuration like the worker, and says which way it went", async () => {
    using folder = createFolder();
    const file = join(folder.path, "worker.conf");
    writeFileSync(file, "server=gearmand.example.org\nencryption=no\nshow_error_output=no\ndebug=2\n");
    const ran = await runProgram("omd-worker", [
      "check",
      `--config=${file}`,
      "--",
      `${PLUGINS}/p_stderr`,
      "0",
      "out",
      "err",
    ]);
    expect(ran).toEqual({ exitCode: 0, stdout: "out", stderr: expect.stringContaining("via=plugin") });
  });

  it("says what is wrong with an option, and explains itself without a command", async () => {
    const wrong = await runProgram("omd-worker", ["check", "--encryption=maybe", "--", "/bin/true"]);
    expect(wrong).toEqual({ exitCode: 3, stdout: "", stderr: expect.stringContaining("encryption") });
    const without = await runProgram("omd-worker", ["check"]);
    expect(without).toEqual({
      exitCode: 3,
      stdout: "",
      stderr: expect.stringContaining("usage: omd-worker check"),
    });
  });

  it("goes by the Go worker's word, too", async () => {
    const ran = await runProgram("mod_gearman_worker", ["testcmd", "/bin/echo", "hello"]);
    expect(ran).toEqual({ exitCode: 0, stdout: "hello", stderr: "" });
  });
});
