import { describe, expect, it } from "vitest";
import { flag, leftToPlugin, list, oneOf, seconds, text, words } from "../../sdk/index.ts";
import { createOptionsReader } from "../../sdk/read-options.ts";

/** Some options of check_tcp. */
const read = createOptionsReader({
  hostname: text("-H, --hostname=ADDRESS", ""),
  timeout: seconds("-t, --timeout=SECONDS", "", { default: 10 }),
  isEscaped: flag("-E, --escape", ""),
  expected: list(text("-e, --expect=STRING", "")),
  family: oneOf({ "-4, --use-ipv4": 4, "-6, --use-ipv6": 6 }, ""),
  verbose: leftToPlugin("-v, --verbose", ""),
  words: words("[HOST]", "", { max: 1 }),
});

const NOTHING = {
  hostname: undefined,
  timeout: 10,
  isEscaped: false,
  expected: [],
  family: undefined,
  verbose: undefined,
  words: [],
};

describe("a table reads", () => {
  it.each<[argv: string[], options: object]>([
    [[], {}],
    [["-H", "h", "-t5"], { hostname: "h", timeout: 5 }],
    [["h", "-E", "-e", "a", "--exp=b"], { words: ["h"], isEscaped: true, expected: ["a", "b"] }],
    [["-46"], { family: 6 }],
    [["--use-ipv6", "-4"], { family: 4 }],
    [["-e", "-h", "--", "--help"], { expected: ["-h"], words: ["--help"] }],
  ])("%j", (argv, options) => {
    expect(read(argv)?.options).toEqual({ ...NOTHING, ...options });
  });

  it("and tells in which order they were given", () => {
    expect(read(["h", "-e", "a", "-E", "-H", "b"])?.given).toEqual([
      { name: "expected", text: "a" },
      { name: "isEscaped", text: undefined },
      { name: "hostname", text: "b" },
      { name: "words", text: "h" },
    ]);
  });
});

describe("a table does not understand", () => {
  it.each([
    [["-x"]],
    [["--nothing"]],
    [["-t"]],
    [["-t", "soon"]],
    [["-v"]],
    [["-h"]],
    [["--help"]],
    [["-V"]],
    [["--version"]],
    [["--he"]],
    // Ambiguous with --help, and with --version.
    [["--h", "x"]],
    [["--ver"]],
    [["--use", "x"]],
    [["a", "b"]],
    [["--extra-opts"]],
    [["--extra-opts=section@file"]],
    [["-e", "--extra-opts"]],
    [["--", "--extra-opts"]],
  ])("%j", (argv) => {
    expect(read(argv)).toBeUndefined();
  });
});

it.each(["1e400", "1e-400", "99999999999999999999", "-9223372036854775809", "0x1p9999", "1e400,5%"])(
  "leaves %s to the plugin, which takes no whole number behind it, but not to a check that stands in for none",
  (number) => {
    expect(read(["-H", number, "-t", "5"])).toBeUndefined();
    expect(read(["-e", number])).toBeUndefined();
    const table = { hostname: text("-H, --hostname=ADDRESS", "") };
    expect(createOptionsReader(table, {}, "alone")(["-H", number])).toBeDefined();
  },
);

it("understands no words where the table has none", () => {
  expect(createOptionsReader({})([])).toEqual({ options: {}, given: [] });
  expect(createOptionsReader({})(["word"])).toBeUndefined();
});

it("lets a table have -h and -V for itself", () => {
  const own = createOptionsReader({ host: text("-h, --host=HOST", ""), isVerbose: flag("-V", "") });
  expect(own(["-h", "a", "-V"])?.options).toEqual({ host: "a", isVerbose: true });
});

it("refuses two options of one name", () => {
  const create = () => createOptionsReader({ a: flag("-a, --all", ""), b: flag("-b, --all", "") });
  expect(create).toThrow("two options are called all");
});

it("reads by the plugin's own rules", () => {
  const table = { timeout: seconds("-t=SECONDS", ""), words: words("[WORD…]", "") };
  const own = createOptionsReader(table, { words: "last", rewrites: { "-to": "-t" } });
  expect(own(["-to", "5", "a", "-t", "6"])?.options).toEqual({ timeout: 5, words: ["a", "-t", "6"] });
});
