import { describe, expect, expectTypeOf, it } from "vitest";
import { CheckFailure, defineCheck, integer, list, text } from "../../sdk/index.ts";
import { runCheck } from "../../sdk/testing.ts";

const NO_ANSWER = { returnCode: 0, output: "" };

describe("a check with a table", () => {
  const check = defineCheck({
    name: "check_x",
    summary: "says its words",
    replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
    options: {
      hostname: text("-H, --hostname=ADDRESS", "the host", { required: true }),
      port: integer("-p, --port=INTEGER", "the port"),
      expected: list(text("-e, --expect=STRING", "what it says")),
    },
    argv: { rewrites: { "-port": "-p" } },
    accept: ({ port, expected }, given) =>
      port !== 13 && (expected.length === 0 || given[0]?.name === "expected"),
    run(options) {
      expectTypeOf(options).toEqualTypeOf<{
        readonly hostname: string;
        readonly port: number | undefined;
        readonly expected: readonly string[];
      }>();
      return { returnCode: 0, output: JSON.stringify(options) };
    },
  });

  it("gives what was read to run", async () => {
    const { output } = await runCheck(check, ["-e", "a", "-H", "h", "-port", "5"]);
    expect(JSON.parse(output)).toEqual({ hostname: "h", port: 5, expected: ["a"] });
  });

  it.each([[["-p", "5"]], [["-H", "h", "-p", "13"]], [["-H", "h", "-e", "a"]], [["-H", "h", "word"]]])(
    "does not understand %j",
    (argv) => {
      expect(check.understand(argv)).toBeUndefined();
    },
  );

  it("lists the rows of its help", () => {
    expect(check.rows?.map((row) => row.text)).toEqual([
      "-H, --hostname=ADDRESS",
      "-p, --port=INTEGER",
      "-e, --expect=STRING",
      "-h, --help",
      "-V, --version",
    ]);
  });

  it("cannot be changed", () => {
    expect(Object.isFrozen(check)).toBe(true);
  });
});

describe("a check that reads its words itself", () => {
  const check = defineCheck({
    name: "check_x",
    summary: "says its word",
    read: ([word]) => (word === undefined ? undefined : { word }),
    command: ({ word }) => ({ words: ["/bin/echo", word], environment: [] }),
    run: ({ word }) => ({ returnCode: 0, output: word }),
  });

  it("gives what was read to run and command", async () => {
    expect(check.understand(["a"])?.command?.words).toEqual(["/bin/echo", "a"]);
    expect(await runCheck(check, ["a"])).toMatchObject({ returnCode: 0, output: "a" });
  });

  it("stands in for a plugin, and leaves to it what it does not read or finds fault with", () => {
    const parts = { name: "check_x", summary: "", replaces: { suite: "x", versions: ["1"] } };
    const run = () => NO_ANSWER;
    expect(defineCheck({ ...parts, read: () => undefined, run }).understand([])).toBeUndefined();
    const fault = () => {
      throw new CheckFailure("no");
    };
    expect(defineCheck({ ...parts, read: fault, run }).understand([])).toBeUndefined();
  });
});

describe("a check that reads its words itself, and stands in for no plugin", () => {
  const read = (argv: readonly string[]) => {
    if (argv[0] === "-l" && argv[1] === "far") throw new CheckFailure("-l far is no length");
    return argv[0] === "-l" && argv.length === 2 ? { length: argv[1] } : undefined;
  };
  const parts = { name: "check_x", summary: "a length", read, run: () => NO_ANSWER };
  const withRows = defineCheck({
    ...parts,
    options: { length: integer("-l, --length=NUMBER", "the length", { required: true }) },
  });
  const answerTo = async (words: string, check = withRows) => (await runCheck(check, words)).output;

  it.each([
    ["-l far", "-l far is no length"],
    ["-x", "-x is no option"],
    ["", "-l is required"],
    ["-l abc def", "def belongs to no option"],
    ["-l 1 -l 2", "these words are not understood"],
  ])("says of %j that %s", async (words, fault) => {
    expect(await answerTo(words)).toBe(`UNKNOWN - check_x: ${fault}\nusage: check_x -l NUMBER\n`);
  });

  it("has a help, with a table or without", async () => {
    expect(await answerTo("--help")).toMatch(/^check_x: a length\n\nusage: check_x -l NUMBER\n.*the length/s);
    const without = defineCheck(parts);
    expect(await answerTo("-h", without)).toMatch(/^check_x: a length\n/);
    expect(await answerTo("-x", without)).toBe(
      "UNKNOWN - check_x: these words are not understood\nusage: check_x [WORD…]\n",
    );
  });
});

it("says of a command line whether a run of it is remembered", () => {
  const parts = { name: "check_x", summary: "", run: () => NO_ANSWER };
  const check = defineCheck({
    ...parts,
    read: ([word]) => ({ isRate: word === "--rate" }),
    keepsState: ({ isRate }) => isRate,
  });
  expect(check.understand(["--rate"])?.keepsState).toBe(true);
  expect(check.understand([])?.keepsState).toBe(false);
  expect(defineCheck({ ...parts, options: {} }).understand([])?.keepsState).toBe(false);
});

it("has what is to be prepared, and only then", async () => {
  const parts = { name: "check_x", summary: "", options: {}, run: () => NO_ANSWER };
  const prepare = async () => {};
  expect(defineCheck({ ...parts, prepare }).prepare).toBe(prepare);
  expect(defineCheck(parts)).not.toHaveProperty("prepare");
});

it("turns what run throws into a rejection", async () => {
  const check = defineCheck({
    name: "check_y",
    summary: "",
    options: {},
    run: () => {
      throw new CheckFailure("no", 2);
    },
  });
  expect(await runCheck(check, "")).toMatchObject({ returnCode: 2, output: "no" });
});

it.each(["", "check x", "../check_x", "a/b"])("refuses the name %j: it names a file", (name) => {
  const define = () => defineCheck({ name, summary: "", options: {}, run: () => NO_ANSWER });
  expect(define).toThrow("a check is named as a file");
});

it.each([
  [{}, "a check is named as a file: undefined"],
  [{ name: "check_x" }, "check_x has no summary"],
  [{ name: "check_x", summary: "" }, "check_x has no run"],
  [{ name: "check_x", summary: "", run: "" }, "check_x has no run"],
  [{ name: "check_x", summary: "", run: () => NO_ANSWER }, "check_x has no options"],
])("tells the author of plain JavaScript what is missing in %o", (definition, complaint) => {
  expect(() => Reflect.apply(defineCheck, undefined, [definition])).toThrow(complaint);
});
