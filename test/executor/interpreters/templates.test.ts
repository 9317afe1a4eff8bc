import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkLeaks } from "../../support/leaks.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { fixture, openTemplate, runPlain, type Template } from "./template-driver.ts";

const HAS_BOTH = hasServer("perl") && hasServer("python3");

describe.skipIf(!HAS_BOTH).each<[file: string, scenes: readonly (readonly string[])[]]>([
  [
    "scenes.pl",
    [
      ["words", "", "two words", "tab\tand\nline\rend", "\\t \\\\", "\xc3\xa4", "a=b"],
      ["environment", "ADDED", "WITH_LINE", "EMPTY", "ABSENT"],
      ["names"],
      ["places"],
      ["signals"],
      ["dispositions"],
      ["descriptors"],
      ["variables"],
      ["stdin"],
      ["both"],
      ["bytes"],
      ["big"],
      ...["0", "3", "127", "200", "255", "-1"].map((code) => ["exit", code]),
      ["exit-deep"],
      ["_exit"],
      ["die"],
      ["die-here"],
      ["die-errno"],
      ["die-nested"],
      ["warn"],
      ...["TERM", "KILL", "SEGV", "INT", "PIPE"].map((signal) => ["kill", signal]),
      ["alarm"],
      ["end"],
      ["end-two"],
      ["exec"],
      ["system"],
      ["backticks"],
      ["fork"],
      ["fork-child-falls"],
      ["falls"],
      ["background"],
      ["state"],
      ["no-such-scene"],
    ],
  ],
  [
    "scenes.py",
    [
      ["words", "", "two words", "tab\tand\nline\rend", "\\t \\\\", "\xc3\xa4", "a=b"],
      ["environment", "ADDED", "WITH_LINE", "EMPTY", "ABSENT"],
      ["names"],
      ["places"],
      ["streams"],
      ["dispositions"],
      ["descriptors"],
      ["stdin"],
      ["both"],
      ["sent", "\xc3\xa4"],
      ["big"],
      ...["0", "3", "255", "-1", "256", "2**40", "None", "True", "'text'", "[1]", "2.5"].map((code) => [
        "end",
        code,
      ]),
      ["fails"],
      ["fails_nested"],
      ["fails_with_hook"],
      ["interrupted"],
      ...["15", "9", "11"].map((signal) => ["killed", signal]),
      ["at_exit"],
      ["finalized"],
      ["closes_stdout"],
      ["os_exit"],
      ["executes"],
      ["forks"],
      ["background"],
      ["parses", "-w", "5"],
      ["parses", "-w", "x"],
      ["parses", "--help"],
      ["warns"],
      ["pickles"],
      ["no_such_scene"],
    ],
  ],
])("as in plain execution, %s", (file, scenes) => {
  let template: Template;
  beforeAll(async () => {
    template = await openTemplate(fixture(file));
    await template.begun();
  });
  afterAll(() => template[Symbol.asyncDispose]());

  it.each(scenes.map((words) => ({ words })))("$words", async ({ words }) => {
    const env = ["ADDED=a=b \xc3\xa4", "WITH_LINE=one\ntwo\\n", "EMPTY="];
    expect(await template.run(words, env)).toEqual(runPlain(fixture(file), words, env));
  });
});

describe.skipIf(!HAS_BOTH)("as in plain execution, alone in its file:", () => {
  checkLeaks();
  it.each<[what: string, file: string, words?: readonly string[]]>([
    ["DATA of the plugin and of a module", "data.pl"],
    ["layers by `use open`, words by -CA", "layers.pl", ["\xc3\xa4"]],
    ["switches -w and -T", "taint.pl", ["/nowhere"]],
    ["warnings of Perl's compilation", "warns.pl"],
    ["warnings of Python's compilation", "literal.py"],
    ["modules that warn, or don't exist", "warns.py"],
    ["the state of Python's own modules", "state.py"],
  ])("%s", async (_, file, words = []) => {
    await using template = await openTemplate(fixture(file));
    await template.begun();
    const first = await template.run(words);
    expect(first).toEqual(runPlain(fixture(file), words));
    expect(await template.run(words)).toEqual(first);
  });
});

describe.skipIf(!HAS_BOTH)("tells why a plugin cannot be run from a template:", () => {
  checkLeaks();
  it.each([
    ["begin-prints.pl", "it prints while it is compiled"],
    ["begin-exits.pl", "it ends while it is compiled"],
    ["begin-redirects.pl", "it redirects its output while it is compiled"],
    ["begin-opens.pl", "it keeps a file open that it has opened while it was compiled"],
    ["broken.py", "it does not compile"],
  ])("%s: %s", async (file, why) => {
    await using template = await openTemplate(fixture(file));
    expect(await template.begun()).toBe(`- ${why}`);
    await template.exited;
  });

  it("a plugin in Perl that does not compile gets perl's message", async () => {
    await using template = await openTemplate(fixture("broken.pl"));
    await expect(template.begun()).rejects.toThrow("ended; told ");
    expect(await template.exited).toEqual([255, null]);
    expect(await template.stderr).toBe(runPlain(fixture("broken.pl"), []).stderr);
  });
});
