import { describe, expect, it } from "vitest";
import { BUILTIN_CHECKS } from "../../plugins/index.ts";
import { BUILTIN_SETTINGS } from "../../plugins/settings.ts";
import { loadConfig } from "../../src/config/load.ts";
import { thisMachine } from "../../src/config/machine.ts";
import { commandTable } from "../../src/config/worker/table.ts";
import { createConfiguredRouter } from "../../src/run/routing/router.ts";
import { createShelf } from "../../src/run/shelf.ts";
import { findAllowed } from "../../src/survey/allow/find-allowed.ts";
import { expandCheck } from "../../src/survey/macros/expand-check.ts";
import { renderAllowance } from "../../src/survey/render/allowance.ts";
import { readObjectsCache } from "../../src/survey/site/objects-cache.ts";
import { readResources } from "../../src/survey/site/settings-files.ts";
import { createSite, type Site } from "../../src/survey/site/site.ts";
import { activeChecks } from "../../src/survey/survey.ts";
import { generateSite } from "./generated-site.ts";
import { readRecordedSite } from "./recorded-site.ts";

const shelf = createShelf(BUILTIN_CHECKS);

function configOf(...options: readonly string[]) {
  const loaded = loadConfig(commandTable(BUILTIN_SETTINGS), options, { ...thisMachine(), env: {} });
  if (loaded.wants !== "run") throw new Error("no configuration");
  return loaded.config;
}

async function allow(site: Site) {
  const inputs = { site, checks: activeChecks(site), config: configOf(), shelf, env: {} };
  const allowance = await findAllowed(inputs);
  return { ...allowance, text: renderAllowance(allowance) };
}

/** A router that has read the lines as worker.conf gives them. */
function strictRouter(text: string) {
  const options = text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => `--${line}`);
  return createConfiguredRouter(configOf(...options), shelf, {});
}

/** Two hosts, each with a service for each command. Commands may name $HOSTADDRESS$, $_HOSTX$ and $USER3$. */
function siteOf(...commands: readonly (readonly [line: string, ...args: readonly string[]])[]): Site {
  const object = (kind: string, values: Readonly<Record<string, string>>) => ({
    kind,
    values: new Map(Object.entries(values)),
  });
  const hosts = ["a", "b"].map((host_name, at) =>
    object("host", {
      host_name,
      address: `192.0.2.${at + 1}`,
      active_checks_enabled: "0",
      _X: `x ${at}`,
      _P: String(80 + at),
    }),
  );
  const services = commands.flatMap(([line, ...args], at) => [
    object("command", { command_name: `c${at}`, command_line: line }),
    ...["a", "b"].map((host_name, index) =>
      object("service", {
        host_name,
        service_description: `s${at}`,
        check_command: [`c${at}`, ...args.map((arg) => arg.split("|")[index] ?? arg)].join("!"),
        check_interval: "1",
      }),
    ),
  ]);
  const users = new Map([
    [1, "/p"],
    [3, "S3cr3t"],
  ]);
  return createSite({ objects: [...hosts, ...services], users, main: new Map() });
}

describe("a line of restrict_allow", () => {
  it.each<[string, readonly [string, ...string[]], string]>([
    ["has the address as a pattern", ["$USER1$/check_x -H $HOSTADDRESS$"], "/p/check_x -H <host>"],
    ["keeps what all checks have", ["$USER1$/check_x -p 80 -S"], "/p/check_x -p 80 -S"],
    ["has numbers that differ", ["$USER1$/check_x -p $ARG1$", "80|443"], "/p/check_x -p <number>"],
    ["has thresholds that differ", ["$USER1$/check_x -w $ARG1$", "5|10:20"], "/p/check_x -w <range>"],
    ["has a port of a macro as a number", ["$USER1$/check_x -p $_HOSTP$"], "/p/check_x -p <number>"],
    ["has words that differ", ["$USER1$/check_x -n $ARG1$", "cron|sshd"], "/p/check_x -n <word>"],
    [
      "has a path up to where it differs",
      ["$USER1$/check_x -u $ARG1$", "/v1/a+x|/v1/b,c"],
      "/p/check_x -u /v1/*",
    ],
    ["keeps the start of URLs", ["$USER1$/check_x -u '/s?h=$HOSTNAME$;'"], "/p/check_x -u /s?h=*"],
    ["has numbers behind a short option", ["$USER1$/check_x -w$ARG1$", "5|7"], "/p/check_x -w<number>"],
    [
      "has values behind a long one",
      ["$USER1$/check_x --warning=$ARG1$", "5|7:8"],
      "/p/check_x --warning=<range>",
    ],
    ["hides a password", ["$USER1$/check_http -H x -a 'me:$USER3$'"], "/p/check_http -H x -a *"],
    ["hides one of a custom variable", ["$USER1$/check_x --password='$_HOSTX$'"], "/p/check_x --password=*"],
    [
      "writes blanks within a word",
      ["$USER1$/check_x -s 'a b  c'"],
      "/p/check_x -s a<blank>b<blank><blank>c",
    ],
    ["allows an empty word", ["$USER1$/check_x -s ''"], "/p/check_x -s *"],
    ["has no pattern for text that looks like one", ["$USER1$/check_x -s '<b>' ..."], "/p/check_x -s *b* *"],
    [
      "keeps commands for other machines",
      ["$USER1$/check_nrpe -H a -c check_disk"],
      "/p/check_nrpe -H a -c check_disk",
    ],
  ])("%s", async (_, command, line) => {
    const { text, refused } = await allow(siteOf(command));
    expect(refused).toEqual([]);
    expect(text.match(/^restrict_allow=.*$/gm)).toEqual([`restrict_allow=${line}`]);
  });

  it("is written for each command that another machine is told to run", async () => {
    const { text } = await allow(
      siteOf(["$USER1$/check_by_ssh -H $HOSTADDRESS$ -C $ARG1$", "uptime|'df -h /'"]),
    );
    expect(text.match(/^restrict_allow=.*$/gm)).toEqual([
      "restrict_allow=/p/check_by_ssh -H <host> -C uptime",
      "restrict_allow=/p/check_by_ssh -H <host> -C df<blank>-h<blank>/",
    ]);
  });

  it("is written for the command within a command, too", async () => {
    const { text, refused } = await allow(
      siteOf(["$USER1$/negate $USER1$/check_tcp -H $HOSTADDRESS$ -p 80"]),
    );
    expect(refused).toEqual([]);
    expect(text.match(/^restrict_allow=.*$/gm)).toEqual([
      "restrict_allow=/p/negate /p/check_tcp -H <host> -p 80",
      "restrict_allow=/p/check_tcp -H <host> -p 80",
    ]);
  });

  it("fits the next host and no other option", async () => {
    const { text } = await allow(siteOf(["$USER1$/check_x -H $HOSTADDRESS$ -p $ARG1$", "80|443"]));
    const router = strictRouter(text);
    const viaOf = async (commandLine: string) => (await router({ commandLine })).via;
    expect(await viaOf("/p/check_x -H 2001:db8::1 -p 8080")).toBe("plugin");
    for (const line of ["-H a -p --extra-opts=@/etc/shadow", "-H a -p 80 -v", "-H a", "-H a -p '80;id'"])
      expect(await viaOf(`/p/check_x ${line}`), line).toBe("refuse");
  });
});

it("what needs a shell is told with its reason, and gets no line", async () => {
  const { text, lines } = await allow(siteOf(["$USER1$/check_x | tee /tmp/x"]));
  expect(lines).toEqual([]);
  expect(text).toContain(
    "# Refused whatever is allowed: 2 checks, as the command needs a shell, as in a / s0\n",
  );
});

it.each<[string, Site]>([
  ["recorded", readRecordedSite()],
  ["generated", readGenerated(generateSite({ hosts: 60, services: 360 }))],
])(
  "the lines of a %s site allow all that can be allowed, in few lines, and show no secret",
  async (_, site) => {
    const { text, lines, refused } = await allow(site);
    const router = strictRouter(text);
    const isRefused = new Set(refused.map(({ host, service }) => `${host.name}/${service?.description}`));
    const checks = activeChecks(site);
    for (const check of checks) {
      const commandLine = expandCheck(check, site)?.commandLine;
      if (commandLine === undefined) continue;
      const name = `${check.host.name}/${check.service?.description}`;
      expect((await router({ commandLine })).via === "refuse", `${name}: ${commandLine}`).toBe(
        isRefused.has(name),
      );
    }
    expect(lines.length).toBeLessThan(checks.length / 2);
    expect(text).not.toMatch(/S3cr3t|secret-/);
  },
);

function readGenerated({ cache, resources }: ReturnType<typeof generateSite>): Site {
  return createSite({
    objects: readObjectsCache(cache, "generated"),
    users: readResources(resources),
    main: new Map(),
  });
}
