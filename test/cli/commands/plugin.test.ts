import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findMissingPingRight } from "../../../plugins/icmp/ping-right.ts";
import { runProgram } from "../../support/processes/worker.ts";
import { run } from "../io.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plugin-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("omd-worker plugin new", () => {
  it("writes a check that answers and a test that passes, far from any package", async () => {
    const { code, stdout } = await run("plugin", ["new", "check_rack_door", "--dir", folder]);
    expect(code).toBe(0);
    expect(stdout).toContain(`omd-worker plugin test ${folder}/check_rack_door.test.ts`);
    const tested = await runProgram("omd-worker", ["plugin", "test", `${folder}/check_rack_door.test.ts`]);
    expect(tested).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/pass 2\n.*fail 0\n/s) });
    const words = ["-w", "10", "7", "8"];
    expect(
      await runProgram("omd-worker", ["check", `--plugin_path=${folder}`, "--", "check_rack_door", ...words]),
    ).toEqual({ exitCode: 1, stdout: "SUM WARNING - 2 numbers make 15|sum=15;10", stderr: "" });
  });

  it("writes what tsc needs to know the types, and leaves it as the site has changed it", async () => {
    await run("plugin", ["new", "check_a", "--dir", folder]);
    const tsc = () => execa({ reject: false, preferLocal: true })`tsc -p ${folder}`;
    expect(await tsc()).toMatchObject({ stdout: "", exitCode: 0 });
    const file = join(folder, "check_a.ts");
    writeFileSync(file, readFileSync(file, "utf8").replace("sum, {", '"a text", {'));
    expect((await tsc()).stdout).toMatch(/check_a\.ts\(\d+,\d+\): error TS2345: .*'"a text"'/);
    writeFileSync(join(folder, "tsconfig.json"), "{}");
    expect((await run("plugin", ["new", "check_b", "--dir", folder])).code).toBe(0);
    expect(readFileSync(join(folder, "tsconfig.json"), "utf8")).toBe("{}");
  });

  it("writes over nothing", async () => {
    const file = join(folder, "check_a.ts");
    writeFileSync(file, "mine");
    const { code, stderr } = await run("plugin", ["new", "check_a", "--dir", folder]);
    expect({ code, text: readFileSync(file, "utf8") }).toEqual({ code: 1, text: "mine" });
    expect(stderr).toBe(`${file} is there already, and is not overwritten: choose another name\n`);
  });

  it.each(["a", "check_", "check_../x", "check_A", "check-a"])("refuses the name %s", async (name) => {
    const { code, stderr } = await run("plugin", ["new", name, "--dir", folder]);
    expect({ code, files: readdirSync(folder) }).toEqual({ code: 1, files: [] });
    expect(stderr).toContain("a check is called check_");
  });
});

describe("omd-worker plugin test", () => {
  it("exits with 1 when a test fails", async () => {
    const file = join(folder, "check_a.test.ts");
    writeFileSync(
      file,
      'import { test } from "node:test";\ntest("fails", () => { throw new Error("no"); });\n',
    );
    expect(await runProgram("omd-worker", ["plugin", "test", file])).toMatchObject({ exitCode: 1 });
  });

  it("says that a file is not there", async () => {
    const file = join(folder, "check_a.test.ts");
    expect(existsSync(file)).toBe(false);
    expect(await run("plugin", ["test", file])).toEqual({
      code: 1,
      stdout: "",
      stderr: `${file} is not there\n`,
    });
  });
});

it.each([
  ["a folder", "checks.test.ts", "is a folder, name its files: "],
  ["a file that is no test, and would pass", "check_a.ts", "is no test: those end in .test.ts\n"],
])("omd-worker plugin test refuses %s", async (_, name, says) => {
  const path = join(folder, name);
  if (name === "check_a.ts") writeFileSync(path, "");
  else mkdirSync(path);
  const { code, stderr } = await run("plugin", ["test", path]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(`${path} ${says}`) });
});

describe("omd-worker plugin list of a site's folder", () => {
  const list = () => runProgram("omd-worker", ["plugin", "list", `plugin_path=${folder}`]);

  it("names its checks and their files", async () => {
    await run("plugin", ["new", "check_a", "--dir", folder]);
    const { exitCode, stdout, stderr } = await list();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(
      new RegExp(`^check_a +${folder}/check_a\\.ts +native: no such plugin found +the sum`, "m"),
    );
  });

  it("warns of an option it does not know, and of a folder that is not there", async () => {
    const { stderr } = await run("plugin", ["list", "plugin_pth=/x", `plugin_path=${folder}/gone`]);
    expect(stderr.split("\n")).toEqual([
      "command line: warning: unknown option 'plugin_pth' (did you mean plugin_path?)",
      `command line: warning: plugin_path: could not open ${folder}/gone: no such file or directory`,
      "",
    ]);
  });

  it("exits with 1 when a file is refused", async () => {
    writeFileSync(join(folder, "check_a.ts"), "\nexport const check = (;\n");
    const { exitCode, stderr } = await list();
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(new RegExp(`^refused ${folder}/check_a\\.ts:2: `));
  });
});

describe("omd-worker plugin list", () => {
  const list = async (...options: readonly string[]) => {
    const { code, stdout } = await run("plugin", ["list", ...options], { OMD_ROOT: folder });
    expect(code).toBe(0);
    return stdout.split("\n");
  };
  const lineOf = (lines: readonly string[], name: string) =>
    lines.find((line) => line.startsWith(`${name} `));

  it("names every check, and what it does", async () => {
    const lines = await list();
    expect(lines[0]).toMatch(/^check +from +here +what it does$/);
    expect(lineOf(lines, "negate")).toMatch(/ omd-worker .* runs a plugin and exchanges its states$/);
  });

  it.each([
    ["native_checks=off", "plugin: native_checks is off"],
    ["native_checks_except=negate", "plugin: native_checks_except names the check"],
    ["native_checks_only=check_dummy", "plugin: native_checks_only does not name the check"],
    ["internal_negate=no", "plugin: internal_negate is off"],
  ])("with %s: %s", async (option, says) => {
    expect(lineOf(await list(option), "negate")).toContain(` ${says} `);
  });

  it("says which checks have no right to what they need", async () => {
    const isRoot = process.geteuid?.() === 0;
    const under = isRoot ? ["setpriv", "--bounding-set=-net_raw"] : ["env"];
    const status = spawnSync("env", [...under, "cat", "/proc/self/status"], { encoding: "latin1" }).stdout;
    const groupRange = readFileSync("/proc/sys/net/ipv4/ping_group_range", "latin1");
    const missing = findMissingPingRight({ groupRange, status });
    const args = ["plugin", "list", "native_checks_only=check_icmp"];
    const { stdout } = await runProgram("omd-worker", args, { OMD_ROOT: folder }, under);
    const here = missing === undefined ? "native" : `(plugin|refuse): .*${RegExp.escape(missing)} `;
    expect(lineOf(stdout.split("\n"), "check_icmp")).toMatch(new RegExp(`^check_icmp +omd-worker +${here}`));
  });

  it("says where a plugin is that the check does not stand in for", async () => {
    const plugins = join(folder, "lib/monitoring-plugins");
    mkdirSync(plugins, { recursive: true });
    writeFileSync(join(plugins, "negate"), "#!/bin/sh\n", { mode: 0o755 });
    expect(lineOf(await list(), "negate")).toContain(
      ` plugin: the file named is not the negate this check replaces, ${plugins}/negate `,
    );
  });
});

it.each([
  [[]],
  [["list", "--version"]],
  [["new"]],
  [["new", "a", "b"]],
  [["new", "--x"]],
  [["test"]],
  [["other"]],
])("omd-worker plugin %j explains itself", async (argv) => {
  expect(await run("plugin", argv)).toEqual({
    code: 3,
    stdout: "",
    stderr: expect.stringMatching(/^(?:unknown word 'other'\n)?usage: omd-worker plugin list/),
  });
});
