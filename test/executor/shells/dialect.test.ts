// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is sh

import { describe, expect, it } from "vitest";
import type { ShellCommand } from "../../../src/executor/command.ts";
import { createDialect, findLack } from "../../../src/executor/shells/dialect.ts";

const directory = "/dev/shm/omd-worker-1-x";
const dash = createDialect({ directory, shellPath: "/bin/sh", isDash: true });
const other = createDialect({ directory, shellPath: "/bin/sh", isDash: false });

const plugin = (argv: readonly string[], env: ShellCommand["env"] = []): ShellCommand => ({
  via: "plugin",
  argv,
  env,
});
const shell = (commandLine: string, env: ShellCommand["env"] = []): ShellCommand => ({
  via: "shell",
  commandLine,
  env,
});

describe("text", () => {
  it.each([
    ["words as they are", plugin(["/x/check_y", "-H", "a.b-c"]), "/x/check_y -H a.b-c"],
    ["words that need quotes", plugin(["/x y", "", "a'b", "$z"]), "'/x y' '' 'a'\\''b' '$z'"],
    [
      "variables before words",
      plugin(
        ["/x"],
        [
          ["A", "1"],
          ["B", "b c"],
        ],
      ),
      "A=1 B='b c' /x",
    ],
    [
      "variables a shell watches",
      plugin(
        ["/x"],
        [
          ["A", "1"],
          ["PATH", "/y"],
        ],
      ),
      "/usr/bin/env A=1 PATH=/y /x",
    ],
    ["a line for the warm shell", shell("echo 'a'; b"), "( eval 'echo '\\''a'\\''; b' )"],
    ["variables of a line", shell("a | b", [["A", "b c"]]), "( export A='b c'; eval 'a | b' )"],
    ["a line that asks for its shell", shell("echo $$"), "( exec /bin/sh -c -- 'echo $$' sh )"],
    ["variables of such", shell("echo $$", [["A", "1"]]), "( export A=1; exec /bin/sh -c -- 'echo $$' sh )"],
  ])("has %s", (_, command, text) => {
    expect(dash.text(command)).toBe(text);
  });

  it.each(["kill $PPID", "echo ${PPID}", "echo ${$}", "kill $$", 'echo "$$"', "trap x EXIT", "eval x"])(
    "has a fresh shell run %s",
    (line) => expect(dash.text(shell(line))).toContain("/bin/sh -c"),
  );

  it.each(["/x/check_snmptrap; true", "echo retrieval", "echo $?", "echo $1 | cat"])(
    "has the warm shell run %s",
    (line) => expect(dash.text(shell(line))).toContain("( eval "),
  );

  it("uses a fresh shell for every line if the shell is not dash", () => {
    expect(other.text(shell("a | b"))).toBe("( exec /bin/sh -c -- 'a | b' sh )");
    expect(other.text(plugin(["/x", "a b"]))).toBe("/x 'a b'");
  });
});

describe("the way it is started", () => {
  it("reads commands from the pipe", () => {
    expect(dash.start("/a b/1c")).toEqual(["-c", ". '/a b/1c'", "sh"]);
    expect(other.start("/a b/1c")).toEqual(["/a b/1c"]);
  });
});

describe("these messages are removed from a plugin's stderr", () => {
  it.each([
    ["dash: not found", 127, `sh: 12: ${directory}/3c: /nope: not found\n`],
    ["dash: no permission", 126, `sh: 1: ${directory}/3c: /x: Permission denied\n`],
    ["of a path with line breaks", 127, `sh: 1: ${directory}/3c: /a\nb\r: not found\n`],
    ["bash", 127, `${directory}/3c: line 7: /nope: No such file or directory\n`],
    ["a signal", 137, "Killed\n"],
    ["a signal with a core", 139, "Segmentation fault (core dumped)\n"],
    ["a real-time signal", 128 + 36, "Real-time signal 2\n"],
  ])("the shell's own word, %s", (_, returnCode, stderr) => {
    expect(dash.clean(plugin(["/x"]), returnCode, { stdout: "out", stderr })).toEqual({
      stdout: "out",
      stderr: "",
    });
  });

  it("but not that an argument is too long: only its pipe is not named", () => {
    const stderr = `sh: 12: ${directory}/3c: /x: Argument list too long\n`;
    expect(dash.clean(plugin(["/x"]), 126, { stdout: "", stderr }).stderr).toBe(
      "sh: 12: /x: Argument list too long\n",
    );
  });

  it("and no others", () => {
    const stderr = "Killed\nown Killed\nKilled\n";
    expect(dash.clean(plugin(["/x"]), 137, { stdout: "Killed\n", stderr })).toEqual({
      stdout: "Killed\n",
      stderr: "Killed\nown Killed\n",
    });
  });

  it.each([
    [127, "sh: 1: something: not found\n"],
    [127, `first\nsh: 1: ${directory}/3c: /nope: not found\n`],
    [2, `sh: 12: ${directory}/3c: /nope: not found\n`],
    [1, "Killed\n"],
    [143, "Killed\n"],
    [130, "Interrupt\n"],
    [255, "undefined\n"],
  ])("nothing with %i and %j", (returnCode, stderr) => {
    const output = { stdout: "", stderr };
    expect(dash.clean(plugin(["/x"]), returnCode, output)).toEqual(output);
  });
});

describe("what the shell was short of", () => {
  const lack = (command: ShellCommand, returnCode: number, stderr: string, stdout = "") =>
    findLack(command, returnCode, { stdout, stderr });

  it.each([
    ["no memory for a plugin", plugin(["/x"]), 126, `sh: 1: ${directory}/3c: /x: Cannot allocate memory\n`],
    ["no processes for a user", plugin(["/x"]), 126, "sh: 1: /d/3c: /x: Resource temporarily unavailable\n"],
    ["no descriptors at all", shell("a | b"), 126, "sh: 1: eval: /x: Too many open files in system\n"],
    ["no processes for a line", shell("a | b"), 2, "sh: 1: eval: Cannot fork\n"],
    ["a path with a line break", plugin(["/x\n"]), 126, "sh: 1: /d/3c: /x\n: Cannot allocate memory\n"],
  ])("is told: %s", (_, command, returnCode, stderr) => {
    expect(lack(command, returnCode, stderr)).toMatch(/left|processes/);
  });

  it.each([
    ["a plugin that is not executable", plugin(["/x"]), 126, "sh: 1: /d/3c: /x: Permission denied\n"],
    ["a plugin's own words", plugin(["/x"]), 2, "sh: 1: x: Cannot fork\n"],
    ["a plugin's own words with 126", plugin(["/x"]), 126, "x: Cannot allocate memory\n"],
    ["a line that went on", shell("a; b"), 0, "sh: 1: eval: Cannot fork\n"],
  ])("is not read from %s", (_, command, returnCode, stderr) => {
    expect(lack(command, returnCode, stderr)).toBeUndefined();
  });

  it("is not looked for when there is output: a part of the line has run", () => {
    expect(lack(shell("a; b | c"), 2, "sh: 1: eval: Cannot fork\n", "a\n")).toBeUndefined();
  });
});

describe("in the output of a line", () => {
  const stderr = "sh: 1: eval: nope: not found\nsh: 2: cd: can't\nown.sh: 1: eval: x\na sh: 1: eval: y\n";
  const cleaned = "sh: 1: nope: not found\nsh: 2: cd: can't\nown.sh: 1: eval: x\na sh: 1: eval: y\n";

  it("messages are as without the eval, on both streams", () => {
    expect(dash.clean(shell("nope"), 127, { stdout: stderr, stderr })).toEqual({
      stdout: cleaned,
      stderr: cleaned,
    });
  });

  it("messages of a fresh shell stay, which may have an eval of its own", () => {
    const output = { stdout: "", stderr };
    expect(dash.clean(shell("eval nope"), 127, output)).toEqual(output);
    expect(other.clean(shell("nope"), 127, output)).toEqual(output);
  });
});
