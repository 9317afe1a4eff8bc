import { describe, expect, expectTypeOf, it } from "vitest";
import { atoi } from "../../plugins/libc/number.ts";
import {
  count,
  flag,
  integer,
  leftToPlugin,
  list,
  number,
  type Option,
  oneOf,
  option,
  port,
  type Range,
  range,
  type State,
  seconds,
  text,
  words,
} from "../../sdk/index.ts";
import { createOptionsReader } from "../../sdk/read-options.ts";
import { readState } from "../../sdk/state.ts";

/** The value that an option with the names `-x, --opt` reads from these words, or "not understood". */
function readValue(option: Option<unknown>, argv: readonly string[]): unknown {
  const read = createOptionsReader({ option })(argv);
  return read === undefined ? "not understood" : read.options.option;
}

const NOT = "not understood";

describe.each<[kind: string, option: Option<unknown>, cases: (readonly [argv: string[], value: unknown])[]]>([
  [
    "flag",
    flag("-x, --opt", ""),
    [
      [[], false],
      [["-x"], true],
      [["-xx", "--opt"], true],
      [["--opt=1"], NOT],
    ],
  ],
  [
    "count",
    count("-x, --opt", ""),
    [
      [[], 0],
      [["-xx", "--opt"], 3],
    ],
  ],
  [
    "text",
    text("-x, --opt=TEXT", ""),
    [
      [[], undefined],
      [["-x", ""], ""],
      [["-x", "a", "--opt=b"], "b"],
      [["-x"], NOT],
    ],
  ],
  [
    "text with a default",
    text("-x, --opt=TEXT", "", { default: "public" }),
    [
      [[], "public"],
      [["-xprivate"], "private"],
    ],
  ],
  [
    "required text",
    text("-x, --opt=TEXT", "", { required: true }),
    [
      [[], NOT],
      [["-xa"], "a"],
    ],
  ],
  [
    "integer",
    integer("-x, --opt=INTEGER", ""),
    [
      [["-x", "5"], 5],
      [["-x", "-5"], -5],
      [["-x", "007"], 7],
      [["-x", "5 6"], 5],
      [["-x", ""], 0],
      [["-x", "5.0"], NOT],
      [["-x", "5s"], NOT],
      [["-x", "2147483648"], NOT],
      [["-x", "x", "-x", "5"], NOT],
    ],
  ],
  [
    "integer within bounds",
    integer("-x, --opt=INTEGER", "", { min: 1, max: 5 }),
    [
      [["-x", "1"], 1],
      [["-x", "5"], 5],
      [["-x", "0"], NOT],
      [["-x", "6"], NOT],
    ],
  ],
  [
    "lenient integer",
    integer("-x, --opt=INTEGER", "", { lenient: true, min: 0 }),
    [
      [["-x", "5s"], 5],
      [["-x", "s"], 0],
      [["-x", "-5s"], NOT],
    ],
  ],
  [
    "number",
    number("-x, --opt=DOUBLE", ""),
    [
      [["-x", "0.5"], 0.5],
      [["-x", "1e3"], 1000],
      [["-x", "0.5s"], NOT],
      [["-x", ""], NOT],
    ],
  ],
  [
    "lenient number",
    number("-x, --opt=DOUBLE", "", { lenient: true }),
    [
      [["-x", "0.5s"], 0.5],
      [["-x", "0:1"], 0],
      [["-x", ""], 0],
    ],
  ],
  [
    "number with bounds",
    number("-x, --opt=DOUBLE", "", { min: 0 }),
    [
      [["-x", "0"], 0],
      [["-x", "-0.1"], NOT],
      [["-x", "nan"], NOT],
    ],
  ],
  [
    "seconds",
    seconds("-x, --opt=SECONDS", "", { default: 10 }),
    [
      [[], 10],
      [["-x5"], 5],
      [["-x0"], NOT],
      [["-x", "-1"], NOT],
      [["-x", "1.5"], NOT],
    ],
  ],
  [
    "port",
    port("-x, --opt=PORT", ""),
    [
      [["-x", "65535"], 65_535],
      [["-x", "0"], NOT],
      [["-x", "65536"], NOT],
      [["-x", "http"], NOT],
    ],
  ],
  [
    "range",
    range("-x, --opt=RANGE", ""),
    [
      [["-x", "@1:2"], { start: 1, end: 2, alertsInside: true, text: "@1:2" }],
      [["-x", "3:2"], NOT],
    ],
  ],
  [
    "list",
    list(integer("-x, --opt=INTEGER", "")),
    [
      [[], []],
      [
        ["-x", "1", "--opt=2"],
        [1, 2],
      ],
      [["-x", "1", "-x", "b"], NOT],
    ],
  ],
  [
    "list of at least one",
    list(text("-x, --opt=TEXT", "", { required: true })),
    [
      [[], NOT],
      [["-x", "a"], ["a"]],
    ],
  ],
  [
    "oneOf",
    oneOf({ "-x, --opt": 4, "-y": 6 }, ""),
    [
      [[], undefined],
      [["-x"], 4],
      [["-y", "-x"], 4],
      [["-xy"], 6],
    ],
  ],
  ["oneOf, required", oneOf({ "-x": 4 }, "", { required: true }), [[[], NOT]]],
  ["oneOf with a default", oneOf({ "-x": 4 }, "", { default: 4 }), [[[], 4]]],
  [
    "an option left to the plugin",
    leftToPlugin("-x, --opt=FILE", ""),
    [
      [[], undefined],
      [["-x", "a"], NOT],
    ],
  ],
  [
    "words",
    words("HOST [PORT]", "", { min: 1, max: 2 }),
    [
      [[], NOT],
      [["a"], ["a"]],
      [
        ["a", "--", "-b"],
        ["a", "-b"],
      ],
      [["a", "b", "c"], NOT],
    ],
  ],
  [
    "any words",
    words("[HOST…]", ""),
    [
      [[], []],
      [
        ["a", "b", "c"],
        ["a", "b", "c"],
      ],
    ],
  ],
  [
    "an option of its own kind",
    option("-x, --opt=STATE", "", readState),
    [
      [["-x", "warning"], 1],
      [["-x", "0"], 0],
      [["-x", "maybe"], NOT],
    ],
  ],
  [
    "a value that may be left out",
    option("-x, --opt[=LINES]", "", atoi, { bare: -1 }),
    [
      [[], undefined],
      [["-x"], -1],
      [["-x5"], 5],
      [["--opt"], -1],
      [["--opt=5"], 5],
      [["-x", "5"], NOT],
    ],
  ],
])("%s", (_, option, cases) => {
  it.each(cases)("%j → %j", (argv, value) => {
    expect(readValue(option, argv)).toEqual(value);
  });
});

it("types a value by its kind and settings", () => {
  expectTypeOf(text("-x=X", "")).toEqualTypeOf<Option<string | undefined>>();
  expectTypeOf(text("-x=X", "", { default: "a" })).toEqualTypeOf<Option<string>>();
  expectTypeOf(text("-x=X", "", { required: true })).toEqualTypeOf<Option<string>>();
  expectTypeOf(integer("-x=X", "", { min: 0 })).toEqualTypeOf<Option<number | undefined>>();
  expectTypeOf(seconds("-x=X", "", { default: 10 })).toEqualTypeOf<Option<number>>();
  expectTypeOf(range("-x=X", "")).toEqualTypeOf<Option<Range | undefined>>();
  expectTypeOf(option("-x=X", "", readState, { default: 2 })).toEqualTypeOf<Option<State>>();
  expectTypeOf(list(text("-x=X", ""))).toEqualTypeOf<Option<readonly string[]>>();
  expectTypeOf(oneOf({ "-4": 4, "-6": 6 }, "")).toEqualTypeOf<Option<4 | 6 | undefined>>();
  expectTypeOf(oneOf({ "-4": 4, "-6": 6 }, "", { default: 4 })).toEqualTypeOf<Option<4 | 6>>();
});

describe("a spelling is refused", () => {
  it.each([
    "",
    "x",
    "-",
    "--",
    "-xy",
    "-x --opt",
    "-x,--opt",
    "--opt=",
    "--opt[=]",
    "-x, opt",
    "--opt =X",
    "-=X",
  ])("that is %j", (spelling) => {
    expect(() => flag(spelling, "")).toThrow(
      `an option is spelled as -p, --port=INTEGER: not as "${spelling}"`,
    );
  });

  it("that names a value for a flag, or none for a text", () => {
    expect(() => flag("-x=X", "")).toThrow("takes no value");
    expect(() => text("-x", "")).toThrow("takes a value");
  });

  it("that may stand bare without a value for that, and the other way round", () => {
    expect(() => text("-x[=X]", "")).toThrow("may stand bare");
    expect(() => text("-x=X", "", { bare: "" })).toThrow("may stand bare");
  });
});

it("takes no text for a threshold's default", () => {
  const define = () => Reflect.apply(range, undefined, ["-w, --warning=RANGE", "", { default: "10:20" }]);
  expect(define).toThrow('the default of "-w, --warning=RANGE" is a range: readRange("10:20")');
});
