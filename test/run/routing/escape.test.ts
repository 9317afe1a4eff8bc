import { describe, expect, it } from "vitest";
import { BUILTIN_CHECKS } from "../../../plugins/index.ts";
import { createConfiguredRouter } from "../../../src/run/routing/router.ts";
import { createShelf } from "../../../src/run/shelf.ts";
import { loadMinimal } from "../../support/config/load-memory.ts";
import { knownAtOnce } from "../native-route.ts";

/** What an ordinary shell does with more than a word. The worst of each kind. */
const SHELL = [
  ...[
    "; id",
    "& id",
    "&& id",
    "| id",
    "|| id",
    "`id`",
    "$(id)",
    "$IFS id",
    "$PATH",
    "> /q/f",
    ">> /q/f",
    "< /q/f",
  ],
  ...[
    "2>/q/f",
    ">&2",
    "<(id)",
    ">(id)",
    "(id)",
    "& wait",
    ";id;",
    "|id|",
    "'; id; '",
    '"; id; "',
    "\n id",
    "\r id",
  ],
];
/** Where it may stand in `/p/check_tcp -H web1 -p 80`. */
const PLACES: readonly ((what: string) => string)[] = [
  (what) => `/p/check_tcp ${what} -H web1 -p 80`,
  (what) => `/p/check_tcp -H ${what} -p 80`,
  (what) => `/p/check_tcp -H web1${what} -p 80`,
  (what) => `/p/check_tcp -H "web1${what}" -p 80`,
  (what) => `/p/check_tcp -H 'web1${what}' -p 80`,
  (what) => `/p/check_tcp -H web1 -p 80${what}`,
  (what) => `/p/check_tcp -H web1 -p 80 ${what}`,
  (what) => `${what} /p/check_tcp -H web1 -p 80`,
];
/** Other programs, in all the ways that lead to one. */
const PROGRAMS = [
  ...["id", "/bin/id", "/q/check_tcp -H web1 -p 80", "./check_tcp -H web1 -p 80", "check_tcp -H web1 -p 80"],
  ...[
    "/p/../bin/id",
    "/p/../p/../bin/id",
    "/p/./../bin/id",
    "//p/../bin/id",
    "/p/",
    "/p",
    "/pp/check_tcp -H web1 -p 80",
  ],
  ...[
    "A=1 /p/check_tcp -H web1 -p 80",
    "LD_PRELOAD=/q/x.so /p/check_tcp -H web1 -p 80",
    "PATH=/q /p/check_tcp -H web1 -p 80",
  ],
  ...[
    "BASH_ENV=/q/x /p/check_tcp -H web1 -p 80",
    "IFS=/ /p/check_tcp -H web1 -p 80",
    "~/check_tcp -H web1 -p 80",
  ],
  ...[
    "/p/* -H web1 -p 80",
    "/p/check_t?p -H web1 -p 80; id",
    "{/p/check_tcp,-H} && id",
    "\\/bin/id",
    "'/bin/id'",
    '"/bin/id"',
  ],
  ...[
    "! /bin/id",
    "exec /bin/id",
    "eval /bin/id",
    ". /q/x",
    "source /q/x",
    "command /bin/id",
    "time /bin/id",
    "if /bin/id; then :; fi",
  ],
];
/** Programs of the folder that run another one. */
const WRAPPERS = [
  ...[
    "negate",
    "urlize http://x/",
    "sudo",
    "sudo -n",
    "env",
    "env A=1",
    "nice",
    "nice -n 5",
    "timeout 5",
    "nohup",
    "setsid",
  ],
  ...[
    "strace",
    "xargs",
    "stdbuf -o0",
    "chroot /",
    "ionice",
    "taskset 1",
    "sh -c",
    "bash -c",
    "dash -c",
    "busybox sh -c",
  ],
  ...["perl -e", "python3 -c", "ssh web1", "su -c", "runuser -u root --", "flock /q/l", "watch", "time"],
].flatMap((wrapper) => [
  `/p/${wrapper} /bin/id`,
  `/p/${wrapper} /q/check_tcp -H web1 -p 80`,
  `/p/${wrapper} 'id; id'`,
]);

const ATTEMPTS = [...SHELL.flatMap((what) => PLACES.map((place) => place(what))), ...PROGRAMS, ...WRAPPERS];

function routerOf(...options: readonly string[]) {
  const { config } = loadMinimal(options);
  const router = createConfiguredRouter(config, createShelf(BUILTIN_CHECKS));
  return (commandLine: string) => knownAtOnce(router({ commandLine }));
}

/**
 * For restrict_path these run an allowed program with other words, or nothing at all. What a program does
 * with its words is its own matter there.
 */
const OTHER_WORDS = /\r|^\/p\/?$|^\/p\/ssh (?!.*;)/;

const MODES = {
  restrict_path: routerOf("restrict_path=/p"),
  "restrict_mode=strict": routerOf(
    "restrict_mode=strict",
    "restrict_allow=/p/check_tcp -H <host> -p <number>",
  ),
  both: routerOf(
    "restrict_path=/p",
    "restrict_mode=strict",
    "restrict_allow=/p/check_tcp -H <host> -p <number>",
  ),
};

describe.each(Object.entries(MODES))("%s", (mode, route) => {
  const attempts = mode === "restrict_path" ? ATTEMPTS.filter((line) => !OTHER_WORDS.test(line)) : ATTEMPTS;

  it("lets through what it should", () => {
    expect(route("/p/check_tcp -H web1 -p 80").via).not.toBe("refuse");
  });

  it(`refuses each of ${attempts.length} ways to run something else`, () => {
    expect(attempts.length).toBeGreaterThan(290);
    expect(attempts.filter((line) => route(line).via !== "refuse")).toEqual([]);
  });
});

/** A wrapper as a site's rules name it, with the words in front of its command. */
const ALLOWED_WRAPPERS: readonly string[] = [
  ...["negate", "negate -s -o CRITICAL", "urlize http://x/", "sudo -n", "sudo -u nagios", "env"],
  ...["nice -n 5", "timeout 5", "setsid", "nohup", "ionice -c 3", "stdbuf -o0"],
];
/** What they run is not understood, so a line for them gives nothing. */
const OPAQUE_WRAPPERS = ["env A=1", "env -S", "flock /q/l", "taskset 1", "strace", "busybox sh -c", "xargs"];
const PLUGIN = "/p/check_tcp -H web1 -p 80";
const PLUGIN_RULE = "/p/check_tcp -H <host> -p <number>";
/** Other commands than the one plugin with the words of its rule, with the wrapper in front of them. */
const THROUGH_A_WRAPPER: readonly ((wrapper: string) => string)[] = [
  ...["/bin/id", "/q/check_tcp -H web1 -p 80", "/p/check_dns -H web1", "check_tcp -H web1 -p 80"].map(
    (command) => (wrapper: string) => `/p/${wrapper} ${command}`,
  ),
  (wrapper) => `/p/${wrapper}`,
  (wrapper) => `/p/${wrapper} --help`,
  (wrapper) => `/p/${wrapper} -- /bin/id`,
  (wrapper) => `/p/${wrapper} '/bin/id'`,
  (wrapper) => `/p/${wrapper} "/bin/id ${PLUGIN}"`,
  (wrapper) => `/p/${wrapper} '${PLUGIN}; id'`,
  (wrapper) => `/p/${wrapper} '${PLUGIN} | id'`,
  (wrapper) => `/p/${wrapper} '${PLUGIN}' '; id'`,
  (wrapper) => `/p/${wrapper} /p/../bin/id`,
  (wrapper) => `/p/${wrapper} /p/check_tcp/../../bin/id`,
  (wrapper) => `/p/${wrapper} ${PLUGIN} --extra-opts=@/q/f`,
  (wrapper) => `/p/${wrapper} /p/check_tcp -H -x -p 80`,
  (wrapper) => `/p/${wrapper} /p/check_tcp -H 'web1 -x' -p 80`,
  (wrapper) => `/p/${wrapper} /p/check_tcp -H 'web1;id' -p 80`,
  (wrapper) => `/p/${wrapper} /p/check_tcp -H '$(id)' -p 80`,
  (wrapper) => `/p/${wrapper} /p/sh -c id`,
  (wrapper) => `/p/${wrapper} A=1 /bin/id`,
  (wrapper) => `/p/${wrapper} LD_PRELOAD=/q/x.so ${PLUGIN}`,
  (wrapper) => `/p/${wrapper} ${PLUGIN}; id`,
  (wrapper) => `/p/${wrapper} ${PLUGIN} && id`,
  (wrapper) => `/p/${wrapper} $(id) ${PLUGIN}`,
  (wrapper) => `/p/${wrapper} /p/negate /bin/id`,
  (wrapper) => `/p/${wrapper} /p/urlize http://x/ /bin/id`,
  (wrapper) => `/p/${wrapper} /p/negate '/p/urlize http://x/ /bin/id'`,
  (wrapper) => `A=1 /p/${wrapper} ${PLUGIN}`,
  (wrapper) => `/q/${wrapper} ${PLUGIN}`,
];

describe.each([
  ["one plugin behind it", (wrapper: string) => `/p/${wrapper} ${PLUGIN_RULE}`],
  ["any words behind it", (wrapper: string) => `/p/${wrapper} ...`],
])("restrict_mode=strict, with a line for a wrapper and %s", (_, ruleOf) => {
  it.each(ALLOWED_WRAPPERS)("%s runs that plugin, and nothing else", (wrapper) => {
    const allowed = [ruleOf(wrapper), PLUGIN_RULE].map((rule) => `restrict_allow=${rule}`);
    const route = routerOf("restrict_mode=strict", ...allowed);
    expect(route(`/p/${wrapper} ${PLUGIN}`).via).not.toBe("refuse");
    const attempts = THROUGH_A_WRAPPER.map((attempt) => attempt(wrapper));
    expect(attempts.filter((line) => route(line).via !== "refuse")).toEqual([]);
  });

  it.each(ALLOWED_WRAPPERS)("%s runs nothing without a line for the plugin itself", (wrapper) => {
    const route = routerOf("restrict_mode=strict", `restrict_allow=${ruleOf(wrapper)}`);
    expect(route(`/p/${wrapper} ${PLUGIN}`).via).toBe("refuse");
  });
});

it.each(OPAQUE_WRAPPERS)(
  "restrict_mode=strict, with lines for %s and for the plugin, runs nothing",
  (wrapper) => {
    const rules = [`/p/${wrapper} ${PLUGIN_RULE}`, `/p/${wrapper} ...`, PLUGIN_RULE];
    const route = routerOf("restrict_mode=strict", ...rules.map((rule) => `restrict_allow=${rule}`));
    const attempts = [`/p/${wrapper} ${PLUGIN}`, ...THROUGH_A_WRAPPER.map((attempt) => attempt(wrapper))];
    expect(attempts.filter((line) => route(line).via !== "refuse")).toEqual([]);
  },
);

it("restrict_mode=strict, with a line for a shell, runs what has a line of its own", () => {
  const rules = ["/p/sh -c *", PLUGIN_RULE].map((rule) => `restrict_allow=${rule}`);
  const route = routerOf("restrict_mode=strict", ...rules);
  expect(route(`/p/sh -c '${PLUGIN}'`).via).not.toBe("refuse");
  const lines = [
    ...[
      "/bin/id",
      `${PLUGIN}; id`,
      `${PLUGIN} | id`,
      `${PLUGIN} && id`,
      `$(id) ${PLUGIN}`,
      `${PLUGIN} > /q/f`,
    ],
    ...["/p/check_tcp -H $(id) -p 80", "/p/sh -c id", "/p/negate /bin/id", `A=1 ${PLUGIN}`, `${PLUGIN}\n id`],
  ];
  expect(lines.filter((line) => route(`/p/sh -c '${line}'`).via !== "refuse")).toEqual([]);
});
