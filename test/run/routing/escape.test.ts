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
