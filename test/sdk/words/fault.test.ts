import { describe, expect, it } from "vitest";
import {
  defineCheck,
  flag,
  integer,
  leftToPlugin,
  list,
  number,
  option,
  port,
  range,
  seconds,
  text,
  thresholds,
  words,
} from "../../../sdk/index.ts";
import { runCheck } from "../../../sdk/testing.ts";

const run = () => ({ returnCode: 0, output: "fine" });

const check = defineCheck({
  name: "check_x",
  summary: "looks at x",
  options: {
    device: text("-d, --device=NAME", "the device", { required: true }),
    port: port("-p, --port=PORT", "its port"),
    verbose: flag("-v, --verbose", "says more"),
    very: flag("--very", "says very much"),
    sizes: list(integer("-s, --size=BYTES", "a size", { min: 2, max: 8 })),
    share: number("--share=PERCENT", "a share", { max: 100 }),
    timeout: seconds("-t, --timeout=SECONDS", "how long"),
    address: option(
      "-a, --address=IP",
      "the address",
      (given) => (/^[0-9.]+$/.test(given) ? given : undefined),
      {
        expects: "IP address",
      },
    ),
    password: option("--password=TEXT", "the password", (given) => (given === "right" ? given : undefined)),
    numbers: words("[NUMBER…]", "numbers", { max: 2 }),
    ...thresholds("minutes"),
  },
  accept: ({ numbers }) => numbers.every((each) => /^[0-9]+$/.test(each)) || "a NUMBER has digits only",
  run,
});

const USAGE =
  "usage: check_x -d NAME [-p PORT] [-v] [--very] [-s BYTES] [--share PERCENT] [-t SECONDS] [-a IP] [--password TEXT] [-w RANGE] [-c RANGE] [NUMBER…]";

describe("a check that stands in for no plugin says of wrong words", () => {
  const RANGE = "range, such as 10, 10:20, ~:10 or @5:10";

  it.each([
    ["", "-d is required"],
    ["-d x -w abc", `-w abc is no ${RANGE}`],
    ["-d x --warning=10x", `-w 10x is no ${RANGE}`],
    ["-d x -c ''", `-c '' is no ${RANGE}`],
    ["-d x -c 20:10", `-c 20:10 is no ${RANGE}`],
    ["-d x -w nan", `-w nan is no ${RANGE}`],
    ["-d x -p 80a", "-p 80a is no port from 1 to 65535"],
    ["-d x -p 0", "-p 0 is no port from 1 to 65535"],
    ["-d x -s 4 -s 9", "-s 9 is no whole number from 2 to 8"],
    ["-d x -s ' 4'", "-s ' 4' is no whole number from 2 to 8"],
    ["-d x --share 101", "--share 101 is no number of at most 100"],
    ["-d x --share inf", "--share inf is no number of at most 100"],
    ["-d x -t 1.5", "-t 1.5 is no whole number of seconds of at least 1"],
    ["-d x -a web", "-a web is no IP address"],
    ["-d x --password wrong", "--password what follows is not understood"],
    ["-d x --passwort=geheim", "--passwort is no option"],
    ["-d x --ver", "--ver may be --verbose or --very"],
    ["-d x --very=1", "--very takes no value"],
    ["-d x -vq", "-q is no option"],
    ["-d x -vp", "-p needs a value"],
    ["-d", "-d needs a value"],
    ["-d x --share", "--share needs a value"],
    ["-d x --extra-opts", "--extra-opts is no option"],
    ["-d x -V", "-V is no option"],
    ["-d x 1 2 3", "3 words are given: [NUMBER…] takes at most 2"],
    ["-d x 1 two", "a NUMBER has digits only"],
  ])("%s: %s", async (line, says) => {
    expect(await runCheck(check, line)).toMatchObject({
      returnCode: 3,
      output: `UNKNOWN - check_x: ${says}\n${USAGE}\n`,
    });
  });

  it("and answers what it understands", async () => {
    expect(await runCheck(check, "-d x -w 5 -c ~:-1.5 -s 4 --share 1e2 7")).toMatchObject({ output: "fine" });
  });

  it.each(["-h", "--help", "-d x --he"])("%s: its help", async (line) => {
    const { returnCode, output } = await runCheck(check, line);
    expect({ returnCode, output }).toEqual({
      returnCode: 3,
      output: expect.stringContaining(`\n\n${USAGE}\n\n`),
    });
    expect(output).not.toMatch(/plugin|version/);
  });
});

describe("a check without words", () => {
  const without = defineCheck({
    name: "check_y",
    summary: "",
    options: { password: text("-p, --password=TEXT", "the password") },
    accept: ({ password }) => password !== "13",
    run,
  });

  it.each([
    ["stray", "stray belongs to no option"],
    ["-p my secret", "one word too many, which belongs to no option"],
    ["-p 13", "these options do not go together"],
  ])("%s: %s", async (line, says) => {
    const { output } = await runCheck(without, line);
    expect(output).toBe(`UNKNOWN - check_y: ${says}\nusage: check_y [-p TEXT]\n`);
  });
});

describe("a check that stands in for a plugin", () => {
  const standIn = defineCheck({
    name: "check_z",
    summary: "",
    replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
    options: { warning: range("-w, --warning=RANGE", ""), extra: leftToPlugin("-x, --extra", "") },
    run,
  });

  it.each([["--help"], ["-x"], ["-w"], ["stray"], ["--nothing"]])("leaves %s to the plugin", (...argv) => {
    expect(standIn.understand(argv)).toBeUndefined();
  });

  it("reads thresholds as the plugin does", () => {
    expect(standIn.understand(["-w", "10x"])).toBeDefined();
  });
});

it("default thresholds are read strictly, and are in the help", async () => {
  const options = thresholds("minutes", { warning: "5:", critical: "2:" });
  const shown = defineCheck({
    name: "check_x",
    summary: "",
    options,
    run: ({ warning, critical }) => ({ returnCode: 0, output: `${warning?.text} ${critical?.start}` }),
  });
  expect(await runCheck(shown, "")).toMatchObject({ output: "5: 2" });
  expect((await runCheck(shown, "-h")).output).toContain("minutes that are a warning (default: 5:)");
  expect(() => thresholds("minutes", { warning: "abc" })).toThrow('the default threshold "abc" is no range');
});
