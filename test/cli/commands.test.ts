import { describe, expect, it } from "vitest";
import { help, wrongCall } from "../../src/cli/command.ts";
import { COMMANDS, findCommand, RUN, runCommand } from "../../src/cli/commands.ts";
import { run } from "./io.ts";

const NAMES = COMMANDS.flatMap(({ name, aliases = [] }) => [name, ...aliases.map((alias) => alias.name)]);

describe("the commands", () => {
  it("have different names", () => {
    expect(new Set(NAMES).size).toBe(NAMES.length);
  });

  it.each(NAMES)("%s is found and loaded", async (name) => {
    expect(await findCommand(name)?.load()).toBeTypeOf("function");
  });

  it.each([undefined, "", "chekc", "constructor", "--check"])("%s is none", (word) => {
    expect(findCommand(word)).toBeUndefined();
  });
});

describe("a command that was called wrongly ends as its row says", () => {
  it.each([
    ["check", 3],
    ["plugin", 3],
    ["shadow", 3],
    ["config", 3],
  ])("%s with %i, and its usage", async (name, code) => {
    expect(await run(name, [])).toEqual({
      code,
      stdout: "",
      stderr: expect.stringContaining(`omd-worker ${name}`),
    });
  });

  it.each([
    [["config", "chek"], "unknown word 'chek', did you mean check?"],
    [["plugin", "lst"], "unknown word 'lst', did you mean list?"],
    [["shadow", "reprot"], "unknown word 'reprot', did you mean report?"],
    [["config", "frobnicate"], "unknown word 'frobnicate'\n"],
  ])("%j says which word is unknown", async ([name = "", ...argv], text) => {
    const { code, stderr } = await run(name, argv);
    expect(code).toBe(3);
    expect(stderr).toContain(text);
  });

  it.each([
    ["an exit code", 7, { code: 7, stderr: "" }],
    [
      "a wrong call",
      wrongCall(),
      { code: 3, stderr: expect.stringMatching(/^usage: .*\n[\s\S]*see: .*--help\n$/) },
    ],
    [
      "a wrong call that says how",
      wrongCall("no x"),
      { code: 3, stderr: expect.stringMatching(/^no x\nusage: /) },
    ],
    ["a call for help", help(), { code: 0, stderr: "" }],
    ["a call for help of a tool", help(3), { code: 3, stderr: "" }],
  ])("after %s", async (_, result, expected) => {
    const said: string[] = [];
    const io = {
      stdout: () => {},
      stderr: (text: string | Uint8Array) => void said.push(String(text)),
      env: {},
    };
    const row = { ...RUN, name: "doctor", load: async () => async () => result };
    const code = await runCommand(row, [], io);
    expect({ code, stderr: said.join("") }).toEqual(expected);
  });
});
