import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createFolder } from "../../support/folder.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { leftBehind, pipeDirectories } from "../../support/processes/leftovers.ts";
import { runProgram } from "../../support/processes/worker.ts";
import { run } from "../io.ts";

checkLeaks();

const DUMMY = "/nowhere/check_dummy";

describe("omd-worker check reads as its own options", () => {
  it.each<[string, readonly string[], string]>([
    [
      "what begins with dashes before the command",
      ["--identifier=me", "-debug-result=yes", DUMMY, "0", "up"],
      "(me) - OK: up\n",
    ],
    ["nothing of a command without --", [DUMMY, "0", "--identifier=me"], "OK: --identifier=me\n"],
    ["nothing of a command after --", ["--", DUMMY, "0", "--", "up"], "OK: --\n"],
  ])("%s", async (_, argv, stdout) => {
    expect(await run("check", argv)).toEqual({ code: 0, stdout, stderr: "" });
  });

  it("and needs neither a server nor a key", async () => {
    expect(await run("check", ["/bin/true"])).toEqual({ code: 0, stdout: "\n", stderr: "" });
  });
});

describe("omd-worker check --queue", () => {
  const OPTIONS = [
    ...["--hostgroups=dmz,lan,fast", "--queue_user=hostgroup_dmz:nobody,hostgroup_fast:nobody"],
    ...["--queue_limits=hostgroup_dmz:cpu=30,as=1G", "--native_checks_as_worker=hostgroup_fast"],
  ];

  it("explains as whom the command is started, and what it may use", async () => {
    const argv = [...OPTIONS, "--queue=hostgroup_dmz", "--explain", "--", DUMMY, "0"];
    expect((await run("check", argv)).stdout).toBe(`plugin: plugins of this queue run as nobody
  there is no such file
  started:
    ${DUMMY}
    0
  as the user nobody
  with the limits cpu=30,as=1G
`);
  });

  it.each([
    ["hostgroup_lan", /^native: /, /user/],
    ["hostgroup_fast", /^native: [\s\S]*in the worker, and what is started as the user nobody\n$/, /limits/],
  ])("explains the native check of %s", async (queue, said, unsaid) => {
    const { stdout } = await run("check", [...OPTIONS, `--queue=${queue}`, "--explain", "--", DUMMY, "0"]);
    expect(stdout).toMatch(said);
    expect(stdout).not.toMatch(unsaid);
  });

  it.skipIf(process.getuid?.() !== 0)("runs the command so", async () => {
    const argv = [...OPTIONS, "--queue=hostgroup_dmz", "--", "/usr/bin/id", "-u"];
    expect(await run("check", argv)).toEqual({ code: 0, stdout: "65534\n", stderr: "" });
  });

  it("is refused for a queue that the worker does not serve", async () => {
    const { code, stdout, stderr } = await run("check", [...OPTIONS, "--queue=dmz", "--", "/bin/true"]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toContain(
      "this worker serves no queue 'dmz' (its queues are 'hostgroup_dmz', 'hostgroup_lan'",
    );
  });
});

describe("omd-worker check says why the worker's own check did not answer where no plugin is there", () => {
  it.each<[argv: readonly string[], why: string]>([
    [
      ["/nowhere/check_mssql", "-H", "h"],
      "check_mssql did not answer: the check is experimental, and native_checks_experimental does not name it",
    ],
    [["--native_checks=off", DUMMY, "0"], "check_dummy did not answer: native_checks is off"],
    [
      ["--native_checks_except=check_dummy", DUMMY, "0"],
      "check_dummy did not answer: native_checks_except names the check",
    ],
    [
      ["--native_checks_only=check_tcp", DUMMY, "0"],
      "check_dummy did not answer: native_checks_only does not name the check",
    ],
    [["--internal_check_dummy=no", DUMMY, "0"], "check_dummy did not answer: internal_check_dummy is off"],
    [
      ["/nowhere/check_tcp", "-H", "h", "--extra-opts=x"],
      "check_tcp did not answer: the native check does not understand every word",
    ],
  ])("%j", async (argv, why) => {
    const { code, stdout, stderr } = await run("check", argv);
    expect({ code, stderr }).toEqual({ code: 2, stderr: `the worker's own ${why}\n` });
    expect(stdout).toContain("CRITICAL: Return code of 127 is out of bounds. Make sure the plugin");
  });

  it("and says nothing of a plugin that it has no check for", async () => {
    expect((await run("check", ["/nowhere/check_other"])).stderr).toBe("");
  });

  it.each([
    [["check_snpm", "-H", "h"], "no check is called check_snpm; did you mean check_snmp? ("],
    [["check_snpm -H h"], "no check is called check_snpm; did you mean check_snmp? ("],
    [["check_of_the_moon_phase"], "no check is called check_of_the_moon_phase (omd-worker plugin list"],
  ])("and that no check has the name: %j", async (argv, text) => {
    const { code, stderr } = await run("check", argv);
    expect(code).toBe(2);
    expect(stderr).toContain(text);
  });
});

describe("omd-worker check without a command", () => {
  it.each([
    ["nothing", []],
    ["-- alone", ["--"]],
    ["options alone", ["--job_timeout=5"]],
  ])("%s explains itself and exits 3", async (_, argv) => {
    const { code, stdout, stderr } = await run("check", argv);
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toMatch(/^usage: omd-worker check \[--explain\] \[--queue=NAME\] \[--OPTION=VALUE/);
  });
});

describe("omd-worker check --explain", () => {
  it.each<[string, readonly string[], string]>([
    [
      "a native check",
      [DUMMY, "0", "two words"],
      `native: the file named does not exist
  answered by check_dummy, the worker's own
  in place of:
    ${DUMMY}
    0
    two words
`,
    ],
    [
      "a plugin, without its secrets",
      ["PGPASSWORD=hunter2 /bin/false -C public --authpass=x -H host -W pw -u '/x?token=abc'"],
      `plugin: no native check has this name
  started:
    PGPASSWORD=***
    /bin/false
    -C
    ***
    --authpass=***
    -H
    host
    -W
    ***
    -u
    /x?token=***
`,
    ],
    [
      "a plugin, because of an option that no native check understands",
      ["/bin/check_tcp", "-H", "h", "-p", "abc"],
      `plugin: the native check does not understand every word
  not understood: -p abc
  there is no such file
  started:
    /bin/check_tcp
    -H
    h
    -p
    abc
`,
    ],
    [
      "a plugin, because of a flag",
      ["/bin/check_tcp", "-H", "h", "-p", "80", "--frobnicate"],
      `plugin: the native check does not understand every word
  not understood: --frobnicate
  there is no such file
  started:
    /bin/check_tcp
    -H
    h
    -p
    80
    --frobnicate
`,
    ],
    [
      "a shell",
      ["/bin/false -C public | cat"],
      `shell: it has an unquoted |
  started by a shell:
    /bin/false -C *** | cat
`,
    ],
    [
      "a check around another",
      ["/nowhere/negate /nowhere/check_dummy 0"],
      `native: the file named does not exist
  answered by negate, the worker's own
  for its command:
    native: the file named does not exist
      answered by check_dummy, the worker's own
      in place of:
        /nowhere/check_dummy
        0
`,
    ],
  ])("says what would become of %s, and starts nothing", async (_, command, stdout) => {
    const argv = ["--explain", "--", ...command];
    expect(await run("check", argv)).toEqual({ code: 0, stdout, stderr: "" });
  });

  it("says why a line is refused", async () => {
    expect(await run("check", ["--explain", "--restrict_path=/p", "/bin/false"])).toEqual({
      code: 0,
      stdout: expect.stringMatching(
        /^refuse: restrict_path is set\n {2}nothing is started\n {2}answered: ERROR/,
      ),
      stderr: "",
    });
  });
});

describe("a native check's name alone", () => {
  it("is enough", async () => {
    expect(await run("check", ["--", "check_dummy", "1", "up"])).toEqual({
      code: 1,
      stdout: "WARNING: up\n",
      stderr: "",
    });
  });

  it("with --help explains its options", async () => {
    const { code, stdout } = await run("check", ["negate", "--help"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^negate: runs a plugin and exchanges its states\n\nusage: negate \[OPTION/);
  });
});

it("shows where a site's check has failed", async () => {
  using folder = createFolder();
  const check = `import { defineCheck } from "omd-worker/sdk";
export const check = defineCheck({ name: "check_site", summary: "", options: {}, run() {
  throw new Error("a fault");
} });`;
  writeFileSync(join(folder.path, "check_site.ts"), check);
  const argv = ["check", `--plugin_path=${folder.path}`, "--", "check_site"];
  expect(await runProgram("omd-worker", argv)).toEqual({
    exitCode: 3,
    stdout: expect.stringMatching(/^UNKNOWN: a fault \(worker: /),
    stderr: expect.stringMatching(/^Error: a fault\n.*\/check_site\.ts\?[^:]*:3:/),
  });
});

describe("omd-worker check", () => {
  it("tells all that is wrong with its options, and starts nothing", async () => {
    const { code, stdout, stderr } = await run("check", [
      "--encryption=maybe",
      "--config=/nowhere/worker.conf",
      "/bin/true",
    ]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toContain("encryption: 'maybe' is neither yes nor no");
    expect(stderr).toContain("/nowhere/worker.conf");
    expect(pipeDirectories(process.pid)).toEqual([]);
  });

  it("takes what follows -- for the command even if it looks like an option", async () => {
    const { code, stdout } = await run("check", ["--", "--help"]);
    expect(code).toBe(2);
    expect(stdout).toContain("Return code of 127 is out of bounds.");
  });

  it("prints bytes that are no UTF-8 as they came", async () => {
    expect(await run("check", ["--", "/usr/bin/printf", "\\377\\300 \\342\\202\\254"])).toEqual({
      code: 0,
      stdout: "\xff\xc0 \xe2\x82\xac\n",
      stderr: "",
    });
  });

  it.each([
    ["a native check", [DUMMY, "3", "native"], 3],
    ["a plugin", ["/bin/false"], 1],
    ["a shell", ["exit 2;"], 2],
    ["nobody, when it is refused,", ["--restrict_path=/nowhere", "/bin/true"], 3],
  ])("exits with the return code when %s has answered", async (_, argv, code) => {
    expect(await run("check", argv)).toMatchObject({ code, stderr: "" });
  });

  it("leaves no process and no pipe behind, not even of a command that was too slow", async () => {
    const { code, stdout } = await run("check", [
      "--job_timeout=1",
      "--identifier=me",
      "--",
      "sleep 60; echo late",
    ]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "(Service Check Timed Out On Worker: me)\n" });
    expect(await leftBehind(() => pipeDirectories(process.pid))).toEqual([]);
  });
});
