import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { main } from "../../src/cli/main.ts";
import { VERSION } from "../../src/cli/version.ts";
import { HELP, SAMPLE } from "../config/rendered.ts";

const said = { stdout: "", stderr: "" };

beforeEach(() => {
  for (const name of ["stdout", "stderr"] as const) {
    said[name] = "";
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      said[name] += text;
      return true;
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
});

async function run(name: Parameters<typeof main>[0], ...argv: readonly string[]) {
  const code = await main(name, argv);
  return { code, ...said };
}

it("the version is the package's", () => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  expect(VERSION).toBe(version);
});

describe.each(["--version", "-version", "-V", "-v", "version"])("%s", (argument) => {
  it("shows the version", async () => {
    expect(await run("omd-worker", argument)).toEqual({
      code: 0,
      stdout: `omd-worker ${VERSION}\n`,
      stderr: "",
    });
  });

  it("answers as the C worker does where it is called by its name", async () => {
    expect(await run("mod_gearman_worker", argument)).toEqual({
      code: 3,
      stdout: expect.stringMatching(
        /^mod_gearman_worker: version \d+\.\d+\.\d+ .* running on Node\.js v24\..*\n\n$/,
      ),
      stderr: "",
    });
  });
});

describe("a question among options is answered, as by the C worker", () => {
  it.each<[string, readonly string[], number, string]>([
    ["--version", ["--config=/nowhere", "--version"], 3, "mod_gearman_worker: version "],
    ["--help", ["server=localhost", "--help"], 0, "Usage:\n"],
    ["--help after run", ["run", "--help"], 0, "Usage:\n"],
  ])("%s", async (_, argv, code, stdout) => {
    expect(await run("mod_gearman_worker", ...argv)).toEqual({
      code,
      stdout: expect.stringMatching(`^${stdout}`),
      stderr: "",
    });
  });
});

describe.each(["--help", "-help", "-h", "help"])("%s", (argument) => {
  it.each(["omd-worker", "mod_gearman_worker"] as const)(
    "of %s shows all commands and options",
    async (name) => {
      const { code, stdout, stderr } = await run(name, argument);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      for (const command of ["run", "check", "config", "demo", "testcmd"])
        expect(stdout).toContain(`\n  ${name} ${command} `);
      expect(stdout.endsWith(HELP)).toBe(true);
    },
  );
});

describe("a command", () => {
  it.each<[string, readonly string[], number, string]>([
    ["check", ["check"], 3, "usage: omd-worker check"],
    ["testcmd, the Go worker's word for it", ["testcmd", "--"], 3, "usage: omd-worker check"],
    ["config", ["config"], 3, "omd-worker config check [--alone] [FILE...]"],
    ["demo", ["demo", "--minutes", "1"], 3, "usage: omd-worker demo"],
    ["run", ["run", "encryption=no"], 1, "please specify at least one server"],
  ])("%s gets the words after it", async (_, argv, code, stderr) => {
    expect(await run("omd-worker", ...argv)).toEqual({
      code,
      stdout: "",
      stderr: expect.stringContaining(stderr),
    });
  });

  it("writes to the process's standard output", async () => {
    expect(await run("omd-worker", "config", "sample")).toEqual({
      code: 0,
      stdout: SAMPLE,
      stderr: "",
    });
  });

  it.each(["--help", "-h"])("demo %s explains itself and exits 0", async (argument) => {
    const { code, stdout, stderr } = await run("omd-worker", "demo", argument);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("usage: omd-worker demo");
  });

  it.each([["--seconds"], ["--seconds=soon"], ["--seconds=-1"], ["5"], ["--seconds", "5", "6"]])(
    "demo %s %s is not understood",
    async (...argv) => {
      expect((await run("omd-worker", "demo", ...argv)).code).toBe(3);
    },
  );
});

describe("a word that is neither a command nor an option is named", () => {
  it.each([
    ["chekc", "unknown word 'chekc', did you mean check?"],
    ["constructor", "unknown word 'constructor'"],
    [
      "--identifier=gw2 log-level debug",
      "'log-level' is a command, and must be the first word: omd-worker log-level …",
    ],
  ])("%s", async (word, text) => {
    expect(await run("omd-worker", ...word.split(" "), "/bin/true")).toEqual({
      code: 3,
      stdout: "",
      stderr: `${text}\nsee: omd-worker --help\n`,
    });
  });
});

describe("without a command's word the worker runs", () => {
  it.each([
    ["nothing at all", [], "please specify at least one server (server=localhost:4730)"],
    ["options as the C worker takes them", ["server=localhost", "encryption=maybe"], "encryption: 'maybe'"],
    ["an option without a value", ["debug"], "command line: warning: debug needs a value"],
  ])("%s", async (_, argv, stderr) => {
    expect(await run("omd-worker", ...argv)).toEqual({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining(stderr),
    });
  });
});
