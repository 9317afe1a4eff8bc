import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CHECK } from "../../src/cli/commands.ts";
import { readCall } from "../../src/cli/programs.ts";

const PROGRAM = join(import.meta.dirname, "../../src/cli/omd-worker.ts");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "links-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("a link by a plugin's name answers as the plugin does", async () => {
  const link = join(folder, "check_dummy");
  symlinkSync(PROGRAM, link);
  const { exitCode, stdout } = await execa(process.execPath, [link, "2", "two  blanks"], { reject: false });
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "CRITICAL: two  blanks" });
});

describe("a plugin that has to be executed", () => {
  const argvOf = (link: string) => readCall(link, ["-H"], { OMD_ROOT: folder });

  it("is the plugin in the usual folders, never the link again", () => {
    const plugins = join(folder, "lib/monitoring-plugins");
    mkdirSync(plugins, { recursive: true });
    const plugin = join(plugins, "check_x");
    const link = join(folder, "check_x");
    symlinkSync(PROGRAM, link);
    writeFileSync(plugin, "");
    expect(argvOf(link)).toEqual({ kind: "command", command: CHECK, argv: ["--", plugin, "-H"] });
    rmSync(plugin);
    symlinkSync(PROGRAM, plugin);
    const argv = ["--", "/nonexistent/check_x", "-H"];
    expect(argvOf(link)).toEqual({ kind: "command", command: CHECK, argv });
  });
});

describe("what a call asks for", () => {
  it.each<[string, readonly string[], string | undefined, readonly string[] | undefined]>([
    ["omd-worker", [], "run", []],
    ["omd-worker", ["server=a"], "run", ["server=a"]],
    ["omd-worker", ["run", "server=a"], "run", ["server=a"]],
    ["omd-worker", ["check", "--version"], "check", ["--version"]],
    ["omd-worker", ["testcmd", "x"], "check", ["x"]],
    ["omd-worker", ["help", "doctor"], "doctor", ["--help"]],
    ["omd-worker", ["--identifier", "status"], "run", ["--identifier", "status"]],
    ["omd-worker", ["--debug=1", "run"], "run", ["--debug=1", "run"]],
    ["mod_gearman_worker", ["--debug=1", "status"], "run", ["--debug=1", "status"]],
    ["mod_gearman_worker", ["chekc", "x"], "run", ["chekc", "x"]],
    ["mod_gearman_worker", ["config", "sample"], "config", ["sample"]],
    ["send_gearman", ["--host=h"], "send", ["--host=h"]],
    ["/usr/bin/send_multi", ["--version"], "send-multi", ["--version"]],
    ["check_gearman", ["-H", "h"], "check-gearman", ["-H", "h"]],
    ["gearman_top", [], "top", []],
    ["omd-worker", ["run-and-send", "--", "x"], "run-and-send", ["--", "x"]],
    ["/usr/bin/another-name", ["plugin", "list"], "plugin", ["list"]],
  ])("%s %j is the command %s", (name, argv, command, rest) => {
    expect(readCall(name, argv, {})).toMatchObject({
      kind: "command",
      command: { name: command },
      argv: rest,
    });
  });

  it.each<[string, readonly string[], string, string]>([
    ["omd-worker", ["--version"], "version", "omd-worker"],
    ["omd-worker", ["run", "--help"], "help", "omd-worker"],
    ["/p/omd-worker.js", ["-V"], "version", "omd-worker"],
    ["mod_gearman_worker", ["server=a", "--help"], "help", "mod_gearman_worker"],
  ])("%s %j is about %s of %s", (name, argv, kind, program) => {
    expect(readCall(name, argv, {})).toMatchObject({ kind, program: { name: program } });
  });

  it("a command behind options is not taken for an option of the worker", () => {
    const argv = ["--identifier=gw2", "log-level", "debug"];
    expect(readCall("omd-worker", argv, {})).toEqual({ kind: "unclear", word: "log-level", argv });
  });

  it("the worker's own file is no plugin, whatever its words are", () => {
    expect(readCall(PROGRAM, ["check_x"], {})).toMatchObject({ kind: "unclear", word: "check_x" });
  });
});
