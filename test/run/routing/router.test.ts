import { describe, expect, it, vi } from "vitest";
import { BUILTIN_CHECKS } from "../../../plugins/index.ts";
import type { Check } from "../../../sdk/check.ts";
import { defineCheck } from "../../../sdk/index.ts";
import { createAllowance } from "../../../src/run/routing/allow.ts";
import type { Identify } from "../../../src/run/routing/identity.ts";
import { createRestriction } from "../../../src/run/routing/restrict.ts";
import { createConfiguredRouter, createRouter, type RouterOptions } from "../../../src/run/routing/router.ts";
import type { NativeSwitches } from "../../../src/run/routing/switches.ts";
import { createShelf } from "../../../src/run/shelf.ts";
import { loadMinimal } from "../../support/config/load-memory.ts";
import { knownAtOnce } from "../native-route.ts";

const SWITCHES: NativeSwitches = {
  mode: "on",
  speaksEnglish: true,
  only: [],
  except: [],
  experimental: [],
  internalOff: [],
};
const IS_PLUGIN: Identify = () => ({ kind: "replaced", why: "it is the plugin" });
const IS_FOREIGN: Identify = () => ({ kind: "foreign", why: "somebody's script" });

function routeWith(options: Partial<RouterOptions>) {
  const shelf = createShelf(BUILTIN_CHECKS);
  const router = createRouter({ shelf, identify: IS_PLUGIN, switches: SWITCHES, ...options });
  return (commandLine: string) => knownAtOnce(router({ commandLine }));
}

const route = routeWith({});

describe("a command line goes", () => {
  it("to the plugin when it needs no shell", () => {
    expect(route('LC_ALL=de A="b c" /p/check_x -w "1 2"')).toEqual({
      via: "plugin",
      why: "no native check has this name",
      argv: ["/p/check_x", "-w", "1 2"],
      env: [
        ["LC_ALL", "de"],
        ["A", "b c"],
      ],
    });
  });

  it("unchanged to the shell if only a shell can read it", () => {
    const commandLine = "/p/check_dummy 0 ok | /bin/cat";
    expect(route(commandLine)).toEqual({ via: "shell", why: "it has an unquoted |", commandLine });
  });

  it("nowhere when it cannot be run", () => {
    expect(route("/p/check_x \0")).toMatchObject({
      via: "refuse",
      why: "the command line contains a NUL byte",
      refusal: { rule: "nul-byte" },
    });
  });

  it("to a native check that understands every word", () => {
    expect(route('/p/check_dummy 1 "some text"')).toMatchObject({
      via: "native",
      why: "it is the plugin",
      name: "check_dummy",
      argv: ["/p/check_dummy", "1", "some text"],
      nested: undefined,
      fallback: { via: "plugin", argv: ["/p/check_dummy", "1", "some text"], env: [] },
    });
  });
});

describe("a native check does not answer", () => {
  it.each<[line: string, why: string, options?: Partial<RouterOptions>]>([
    ["/p/check_dummy --help", "the native check does not understand every word"],
    ["/p/check_dummy", "the native check does not understand every word"],
    ["/p/negate -t x /p/check_x", "the native check does not understand every word"],
    ["LC_ALL=de_DE.UTF-8 /p/check_dummy 0", "the native check does not follow the variable LC_ALL"],
    ["LC_ALL=C LD_PRELOAD=/x /p/check_dummy 0", "the native check does not follow the variable LD_PRELOAD"],
    ["/p/check_dummy 0", "somebody's script", { identify: IS_FOREIGN }],
    ["/p/check_dummy 0", "native_checks is off", { switches: { ...SWITCHES, mode: "off" } }],
    [
      "/p/check_dummy 0",
      "native_checks_except names the check",
      { switches: { ...SWITCHES, except: ["check_dummy"] } },
    ],
    [
      "/p/check_dummy 0",
      "native_checks_only does not name the check",
      { switches: { ...SWITCHES, only: ["negate"] } },
    ],
    [
      "/p/check_dummy 0",
      "internal_check_dummy is off",
      { switches: { ...SWITCHES, internalOff: ["check_dummy"] } },
    ],
    [
      "/p/negate /p/check_dummy 0",
      "internal_negate is off",
      { switches: { ...SWITCHES, internalOff: ["negate"] } },
    ],
    [
      "/p/check_dummy 0",
      "the worker's locale is not English",
      { switches: { ...SWITCHES, speaksEnglish: false } },
    ],
  ])("%s: %s", (line, why, options = {}) => {
    expect(routeWith(options)(line)).toMatchObject({ via: "plugin", why });
  });

  it("for a name without a slash", () => {
    expect(route("check_dummy 0")).toMatchObject({ via: "shell" });
  });

  it("in another locale, except a check that replaces no plugin", () => {
    const own = defineCheck({
      name: "check_own",
      summary: "",
      options: {},
      run: () => ({ returnCode: 0, output: "" }),
    });
    const switches = { ...SWITCHES, speaksEnglish: false };
    expect(routeWith({ shelf: createShelf([own]), switches })("/p/check_own")).toMatchObject({
      via: "native",
    });
  });

  it("and the line is refused if there is no plugin that could answer", () => {
    const made = defineCheck({
      name: "check_own",
      summary: "",
      read: () => undefined,
      run: () => ({ returnCode: 0, output: "" }),
    });
    // One that defineCheck has made answers with its usage.
    const own = { ...made, understand: () => undefined };
    const absent: Identify = () => ({ kind: "absent", why: "" });
    const shelf = createShelf([own]);
    expect(routeWith({ shelf, identify: absent })("/p/check_own --what")).toEqual({
      via: "refuse",
      why: "the native check does not understand every word",
      refusal: { rule: "not-understood", check: "check_own" },
    });
    expect(routeWith({ shelf, identify: IS_FOREIGN })("/p/check_own --what")).toMatchObject({
      via: "plugin",
    });
  });

  it("when it fails to read the command line", () => {
    const faulty = defineCheck({
      name: "check_faulty",
      summary: "",
      read: (): object => {
        throw new Error("a fault");
      },
      run: () => ({ returnCode: 0, output: "" }),
    });
    expect(routeWith({ shelf: createShelf([faulty]) })("/p/check_faulty")).toMatchObject({
      via: "plugin",
      why: "the native check failed to read the command line: Error: a fault",
    });
  });

  it("when its command is invalid, as it can be in a check without types", () => {
    const command = Object.assign({ environment: [] }, JSON.parse('{ "words": "no list" }'));
    const faulty: Check = {
      name: "check_faulty",
      summary: "",
      replaces: undefined,
      understand: () => ({ command, run: async () => ({ returnCode: 0, output: "" }) }),
    };
    expect(routeWith({ shelf: createShelf([faulty]) })("/p/check_faulty")).toMatchObject({
      via: "plugin",
      why: expect.stringContaining("the native check failed to read the command line: TypeError"),
    });
  });
});

it.each(["LC_ALL=C", "LANG=C.UTF-8 LC_MESSAGES=POSIX"])(
  "%s changes nothing for a native check",
  (variables) => {
    expect(route(`${variables} /p/check_dummy 0`)).toMatchObject({ via: "native" });
  },
);

describe("the command of negate", () => {
  it("has a route as any other, with the variable that negate sets", () => {
    expect(route("/p/negate -s /p/check_dummy 2 text")).toMatchObject({
      via: "native",
      name: "negate",
      nested: { via: "native", name: "check_dummy", argv: ["/p/check_dummy", "2", "text"] },
    });
    expect(route("/p/negate /p/check_x 'a b'")).toMatchObject({
      nested: { via: "plugin", argv: ["/p/check_x", "a b"], env: [["LC_ALL", "C"]] },
    });
  });

  it("may be somebody's script where negate is the plugin", () => {
    const identify: Identify = (path, check) => (path === "/p/negate" ? IS_PLUGIN : IS_FOREIGN)(path, check);
    expect(routeWith({ identify })("/p/negate /p/check_dummy 0")).toMatchObject({
      via: "native",
      nested: { via: "plugin", why: "somebody's script" },
    });
  });

  it("is analysed only up to a depth", () => {
    const line = `${"/p/negate ".repeat(50_000)}/p/check_dummy 0`;
    let depth = 0;
    let at = route(line);
    for (; at.via === "native" && at.nested !== undefined; at = at.nested) depth += 1;
    expect(depth).toBe(4);
    expect(at).toMatchObject({ via: "plugin", why: "the command of its command is nested too deep" });
  });
});

describe("in shadow mode", () => {
  const shadow = { switches: { ...SWITCHES, mode: "shadow" } } as const;

  it("the plugin answers, and the native check is the shadow with its whole route", () => {
    expect(routeWith(shadow)("/p/negate /p/check_dummy 2")).toMatchObject({
      via: "plugin",
      why: "native_checks is shadow",
      argv: ["/p/negate", "/p/check_dummy", "2"],
      shadow: { via: "native", name: "negate", nested: { via: "native", name: "check_dummy" } },
    });
  });

  it.each(["/p/check_rate", "/p/negate /p/check_rate", "/p/negate /p/check_y"])(
    "%s has no shadow: it would be executed, or change its state, a second time",
    (line) => {
      const rate = defineCheck({
        name: "check_rate",
        summary: "",
        options: {},
        keepsState: () => true,
        run: () => ({ returnCode: 0, output: "" }),
      });
      const shelf = createShelf([...BUILTIN_CHECKS, rate]);
      expect(routeWith({ shelf })(line)).toMatchObject({ via: "native" });
      const route = routeWith({ ...shadow, shelf })(line);
      expect(route).toMatchObject({ via: "plugin", why: "native_checks is shadow" });
      expect(route).not.toHaveProperty("shadow");
    },
  );

  it("a command without a plugin has no shadow: its check may remember values", () => {
    const identify: Identify = (path, check) =>
      path.endsWith("negate") ? IS_PLUGIN(path, check) : { kind: "absent", why: "" };
    const route = routeWith({ ...shadow, identify })("/p/negate /p/check_dummy 2");
    expect(route).toMatchObject({ via: "plugin", why: "native_checks is shadow" });
    expect(route).not.toHaveProperty("shadow");
  });

  it("the check answers if there is no plugin", () => {
    const identify: Identify = () => ({ kind: "absent", why: "" });
    expect(routeWith({ ...shadow, identify })("/p/check_dummy 0")).toMatchObject({ via: "native" });
  });

  it.each([
    ["/p/check_dummy --help", IS_PLUGIN],
    ["/p/check_dummy 0", IS_FOREIGN],
  ])("%s has no shadow", (line, identify) => {
    const route = routeWith({ ...shadow, identify })(line);
    expect(route).toMatchObject({ via: "plugin" });
    expect(route).not.toHaveProperty("shadow");
  });
});

describe("restrict_path", () => {
  const restriction = createRestriction({ restrictPath: ["/p"], restrictCommandCharacters: "&;" });
  const restricted = routeWith({ restrictions: [restriction].flatMap((each) => each ?? []) });

  it.each([
    ["/p/check_x a", "plugin"],
    ["/p/check_dummy 0", "native"],
    ["/p/negate /p/check_dummy 0", "native"],
    ["/q/check_x", "refuse"],
    ["/q/check_dummy 0", "refuse"],
    ["/p/../q/check_dummy 0", "refuse"],
    ["check_dummy 0", "refuse"],
    ["/p/check_dummy 0 `id`", "refuse"],
    ["A=1 /p/check_dummy 0", "refuse"],
    ["/p/check_dummy \0", "refuse"],
    ["/p/negate /q/check_dummy 0", "refuse"],
    ["/p/negate -t 5 /bin/sh -c id", "refuse"],
    ["/p/negate '/bin/sh -c id'", "refuse"],
    ["/p/negate /p/negate /p/negate /q/check_x", "refuse"],
    [`${"/p/negate ".repeat(9)}/q/check_x`, "refuse"],
    // understood by no native check, but the plugin would run the command
    ["/p/negate -t 0 /q/id", "refuse"],
    ["/p/negate -t -5 /q/id", "refuse"],
    ["/p/negate --timeout 5x /q/id", "refuse"],
    ["/p/negate -t 0 /p/check_x", "plugin"],
    ["/p/negate --no-such-option /p/check_x", "refuse"],
    ["/p/urlize http://x/ /q/id", "refuse"],
    ["/p/urlize http://x/ /p/check_x a", "plugin"],
    ["/p/env /p/negate -t 0 /q/id", "refuse"],
    [`${"/p/env ".repeat(9)}/p/check_x`, "refuse"],
  ])("%s: %s", (line, via) => {
    expect(restricted(line).via).toBe(via);
  });

  it("gives the rule", () => {
    const refuse = (commandLine: string) => ({
      via: "refuse",
      why: "restrict_path is set",
      refusal: { rule: "outside-restrict-path", commandLine },
    });
    expect(restricted("/q/check_x")).toEqual(refuse("/q/check_x"));
    expect(restricted("/p/negate /q/check_x")).toEqual(refuse("/q/check_x"));
  });

  it("and the check says what is wrong if it reads its words by a table", async () => {
    const own = defineCheck({
      name: "check_own",
      summary: "",
      options: {},
      run: () => ({ returnCode: 0, output: "" }),
    });
    const absent: Identify = () => ({ kind: "absent", why: "" });
    const shelf = createShelf([own]);
    expect(routeWith({ shelf, identify: absent })("/p/check_own --what").via).toBe("native");
    expect(routeWith({ shelf, identify: IS_FOREIGN })("/p/check_own --what").via).toBe("plugin");
  });

  it("and a check without a plugin is found by its name alone, as its command is without a path", () => {
    const parts = { name: "check_own", summary: "", run: () => ({ returnCode: 0, output: "" }) };
    const shelf = createShelf([defineCheck({ ...parts, options: {} })]);
    const absent: Identify = () => ({ kind: "absent", why: "" });
    const viaOf = (options: object, line = "check_own") => routeWith({ shelf, ...options })(line).via;
    expect(viaOf({ identify: absent })).toBe("native");
    expect(viaOf({ identify: absent }, "'check_own' --what")).toBe("native");
    expect(viaOf({ identify: IS_FOREIGN })).toBe("plugin");
    expect(viaOf({ identify: absent }, "check_own; id")).toBe("shell");
    expect(viaOf({ identify: absent }, "check_other")).toBe("shell");
    expect(viaOf({ identify: absent, switches: { ...SWITCHES, mode: "off" } })).toBe("shell");
    const restriction = createRestriction({ restrictPath: ["/p"], restrictCommandCharacters: "" });
    expect(viaOf({ identify: absent, restrictions: [restriction].flatMap((each) => each ?? []) })).toBe(
      "refuse",
    );
  });

  it("says which wrapper has a command that is not understood", () => {
    const commandLine = "/p/negate --what /p/check_x";
    expect(restricted(commandLine)).toEqual({
      via: "refuse",
      why: "restrict_path is set",
      refusal: { rule: "hidden-command", wrapper: "negate", commandLine },
    });
  });

  it("refuses a site's own check that runs commands, where it does not understand a word", () => {
    const own = defineCheck({
      name: "check_own",
      summary: "",
      options: {},
      command: () => ({ words: ["/p/check_x"], environment: [] }),
      run: () => ({ returnCode: 0, output: "" }),
    });
    const ask = routeWith({
      restrictions: [restriction].flatMap((each) => each ?? []),
      shelf: createShelf([own]),
    });
    expect(ask("/p/check_own").via).toBe("native");
    expect(ask("/p/check_own --what")).toMatchObject({ refusal: { rule: "hidden-command" } });
  });

  it("holds for the command of negate even if negate is executed", () => {
    const off = { ...SWITCHES, internalOff: ["negate"] };
    const executed = routeWith({ restrictions: [restriction].flatMap((each) => each ?? []), switches: off });
    expect(executed("/p/negate /bin/sh -c id").via).toBe("refuse");
    expect(executed("/p/negate /p/check_x").via).toBe("plugin");
  });

  it("is asked for every job", () => {
    const asked = vi.fn(() => undefined);
    const ask = routeWith({ restrictions: [asked] });
    ask("/p/check_x");
    ask("/p/check_x");
    expect(asked).toHaveBeenCalledTimes(2);
  });
});

describe("the analysis of a line is kept", () => {
  const understand = vi.fn(() => undefined);
  const shelf = createShelf([{ name: "check_x", summary: "", replaces: undefined, understand }]);

  it("while files are looked at for every job", () => {
    const answers = (["replaced", "foreign", "replaced"] as const).map((kind) => ({ kind, why: "" }));
    const identify: Identify = () => answers.shift() ?? { kind: "foreign", why: "" };
    const ask = routeWith({ identify });
    expect([1, 2, 3].map(() => ask("/p/check_dummy 0").via)).toEqual(["native", "plugin", "native"]);
  });

  it("until the checks on the shelf change", () => {
    const full = createShelf(BUILTIN_CHECKS);
    const changing = { ...full, generation: 0, find: full.find };
    const ask = routeWith({ shelf: changing });
    expect(ask("/p/check_dummy 0").via).toBe("native");
    changing.find = () => undefined;
    expect(ask("/p/check_dummy 0").via).toBe("native");
    changing.generation = 1;
    expect(ask("/p/check_dummy 0").via).toBe("plugin");
  });

  it("for a limited number of lines", () => {
    const ask = routeWith({ shelf });
    ask("/p/check_x 0");
    ask("/p/check_x 0");
    expect(understand).toHaveBeenCalledTimes(1);
    for (let line = 1; line <= 20_000; line += 1) ask(`/p/check_x ${line}`);
    understand.mockClear();
    ask("/p/check_x 0");
    ask("/p/check_x 20000");
    expect(understand).toHaveBeenCalledTimes(1);
  });

  it("but not of very long lines", () => {
    const ask = routeWith({ shelf });
    understand.mockClear();
    const line = `/p/check_x ${"x".repeat(5000)}`;
    ask(line);
    ask(line);
    expect(understand).toHaveBeenCalledTimes(2);
  });
});

describe("restrict_mode=strict", () => {
  const rules = [
    "/p/check_x <word>",
    "/p/check_dummy <number>",
    "/p/negate /p/check_dummy <number>",
    "/p/negate -t <number> /p/check_x ...",
    "/p/negate -x ...",
    "/p/urlize <word> /p/check_x <word>",
    "/p/env LC_ALL=C /p/check_x <word>",
    "/p/sudo -n /p/check_x <word>",
    "/p/timeout <number> /p/check_x <word>",
    "/p/sh -c *",
    "/p/perl /p/check_x",
    "/p/xargs ...",
    "/p/strace ...",
  ];
  const strict = routeWith({ restrictions: [createAllowance(rules.map((rule) => rule.split(" ")))] });

  it.each([
    ["/p/check_x a", "plugin"],
    ["/p/check_dummy 0", "native"],
    ["/p/negate /p/check_dummy 0", "native"],
    ["/p/negate -t 5 /p/check_x a", "native"],
    ["/p/urlize a /p/check_x a", "plugin"],
    ["/p/sudo -n /p/check_x a", "plugin"],
    ["/p/timeout 5 /p/check_x a", "plugin"],
    ["/p/sh -c '/p/check_x a'", "plugin"],
    // a command within a command needs its own line
    ["/p/negate -t 5 /p/check_x a b", "refuse"],
    ["/p/negate -t 5 /p/check_x -v", "refuse"],
    ["/p/negate -x /bin/sh -c id", "refuse"],
    ["/p/negate -x /p/check_x", "refuse"],
    ["/p/perl /p/check_x", "refuse"],
    ["/p/sh -c '/p/check_x a; id'", "refuse"],
    ["/p/sh -c id", "refuse"],
    ["/p/sh -c '/bin/id'", "refuse"],
    ["/p/sh -c 'A=1 /p/check_x a'", "refuse"],
    ["/p/sh /p/check_x a", "refuse"],
    ["/p/env LC_ALL=C /p/check_x a", "refuse"],
    ["/p/xargs /p/check_x a", "refuse"],
    ["/p/strace /p/check_x a", "refuse"],
    ["/p/timeout 5 /p/sudo -n /p/check_x a", "refuse"],
    ["/p/negate /p/negate /p/check_dummy 0", "refuse"],
    ["/p/urlize 'a b' /p/check_x a", "refuse"],
    ["/p/urlize a '/p/check_x a'", "refuse"],
    ["/p/timeout -s 9 5 /p/check_x a", "refuse"],
    ["/p/sudo -n -u root /p/check_x a", "refuse"],
  ])("%s: %s", (line, via) => {
    expect(strict(line).via).toBe(via);
  });

  it("says which line is nearest, but no word of the command", () => {
    expect(strict("/p/check_dummy secret").why).toBe(
      "restrict_mode is strict, and word 2 differs from: restrict_allow=/p/check_dummy <number>",
    );
    expect(strict("/p/other secret").why).toBe(
      "restrict_mode is strict, and restrict_allow does not name the program",
    );
  });
});

describe("eventhandler_allow", () => {
  const shelf = createShelf(BUILTIN_CHECKS);
  const load = (...options: readonly string[]) =>
    createConfiguredRouter(loadMinimal(options).config, shelf, { LC_ALL: "C" });
  const router = load(
    "eventhandler_allow=/h/restart --host=<host> --unit=apache2",
    "eventhandler_allow=/h/x ...",
  );
  const ask = (commandLine: string, type?: string) =>
    knownAtOnce(router({ commandLine, ...(type !== undefined && { type }) }));

  it.each([
    "/h/restart --host=web1 --unit=apache2",
    "/h/restart '--host=web1' --unit=apache2",
    "/h/x",
    "/h/x any 'words of' it",
  ])("lets an event handler through that it names: %s", (line) => {
    expect(ask(line, "eventhandler")).toMatchObject({ via: "plugin" });
  });

  it.each([
    [
      "/h/restart --host=web1 --unit=sshd",
      "word 3 differs from: eventhandler_allow=/h/restart --host=<host> --unit=apache2",
    ],
    [
      "/h/restart --host=a/b --unit=apache2",
      "word 2 differs from: eventhandler_allow=/h/restart --host=<host> --unit=apache2",
    ],
    ["/h/y", "eventhandler_allow does not name the program"],
    ["/h/x; reboot", "eventhandler_allow does not name the program"],
    ["A=b /h/x", "eventhandler_allow does not name the program"],
    ["/h/x $(reboot)", "eventhandler_allow does not name the program"],
  ])("refuses all others, and anything for a shell: %s", (commandLine, why) => {
    const refusal = { rule: "handler-not-allowed", commandLine };
    expect(ask(commandLine, "eventhandler")).toMatchObject({ via: "refuse", why, refusal });
  });

  it("concerns no check and no notification, whose analysis it shares", () => {
    for (const type of ["service", "host", "notification", undefined]) {
      expect(ask("/h/y", type)).toMatchObject({ via: "plugin" });
      expect(ask("/h/y", "eventhandler")).toMatchObject({ via: "refuse" });
    }
  });

  it("holds beside restrict_path", () => {
    const both = load("eventhandler_allow=/h/x", "restrict_path=/p");
    expect(knownAtOnce(both({ commandLine: "/h/x", type: "eventhandler" }))).toMatchObject({
      refusal: { rule: "outside-restrict-path" },
    });
  });
});
