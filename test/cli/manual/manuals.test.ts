import { describe, expect, it } from "vitest";
import { BUILTIN_CHECKS } from "../../../plugins/index.ts";
import { COMMANDS, commandWords, RUN } from "../../../src/cli/commands.ts";
import { MANUALS } from "../../../src/cli/manual/manuals.ts";
import { COMPATIBLE_NAMES } from "../../../src/cli/tools/tool-commands.ts";
import { createOptionFinder } from "../../../src/config/find-option.ts";
import { optionsOf } from "../../../src/config/table.ts";
import { run } from "../io.ts";

/** The C tools end so after --help. */
const HELP_CODES: Readonly<Record<string, number>> = { send: 3, "send-multi": 3, "check-gearman": 3 };

const OTHERS = COMMANDS.filter((row) => row !== RUN);

it("every command has a manual, and every manual a command", () => {
  const names = (rows: readonly { readonly name: string }[]) => rows.map(({ name }) => name).sort();
  expect(names(MANUALS)).toEqual(names(COMMANDS));
});

describe("--help of every command has its usage, examples and exit codes", () => {
  it.each(OTHERS.map(({ name }) => name))("%s", async (name) => {
    const { code, stdout, stderr } = await run(name, ["--help"]);
    expect({ code, stderr }).toEqual({ code: HELP_CODES[name] ?? 0, stderr: "" });
    expect(stdout).toMatch(/^usage: [\s\S]*\nExamples:\n[\s\S]*\nExit codes:\n {2}/);
  });

  it.each([
    [["config", "show", "--help"]],
    [["plugin", "new", "-h"]],
    [["shadow", "report", "--help"]],
    [["log-level", "--help"]],
    [["check", "--job_timeout=5", "-h"]],
  ])("also as %j", async ([name = "", ...argv]) => {
    const { code, stdout } = await run(name, argv);
    expect(code).toBe(0);
    expect(stdout).toContain("Exit codes:");
  });

  it("after -- it is a word of another command", async () => {
    const { code, stdout } = await run("check", ["--", "/bin/echo", "--help"]);
    expect(code).toBe(0);
    expect(stdout).not.toContain("Exit codes:");
  });
});

describe("what a manual says", () => {
  const examples = MANUALS.flatMap((manual) => manual.examples.map(({ line }) => ({ manual, line })));

  it.each(examples)("$line calls commands that there are", ({ line }) => {
    const calls = [...line.matchAll(/(?:^|\s|<\()omd-worker ([a-z][a-z-]*)/g)].map(([, word = ""]) => word);
    expect(calls.filter((word) => !commandWords().includes(word))).toEqual([]);
    const programs = ["omd-worker", ...COMPATIBLE_NAMES];
    expect(programs.some((name) => line.includes(name))).toBe(true);
  });

  it.each(examples)("$line has options that there are", ({ manual, line }) => {
    const own = ["help", ...(manual.options ?? []).map(({ name }) => name)];
    const finder = createOptionFinder(optionsOf(manual.table?.groups ?? []));
    const [words = ""] = line.split(" -- ");
    const given = [...words.matchAll(/\s--([a-z][\w-]*)/g)].map(([, name = ""]) => name);
    const unknown = given.filter((name) => !own.includes(name) && finder.find(name) === undefined);
    expect(unknown).toEqual([]);
  });

  it("names checks that there are", () => {
    const names = BUILTIN_CHECKS.map(({ name }) => name);
    const lines = examples.filter(({ manual }) => manual.name === "check").map(({ line }) => line);
    const named = lines.flatMap((line) => /omd-worker check (check_\w+)/.exec(line)?.[1] ?? []);
    expect(named.length).toBeGreaterThan(1);
    expect(named.filter((name) => !names.includes(name))).toEqual([]);
  });
});
