import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { BUILTIN_CHECKS } from "../../plugins/index.ts";
import { BUILTIN_SETTINGS } from "../../plugins/settings.ts";
import { loadConfig } from "../../src/config/load.ts";
import { thisMachine } from "../../src/config/machine.ts";
import { commandTable } from "../../src/config/worker/table.ts";
import { createConfiguredRouter } from "../../src/run/routing/router.ts";
import { createShelf } from "../../src/run/shelf.ts";
import { CHECK_COSTS, START_COSTS } from "../../src/survey/costs.ts";
import { readObjectsCache } from "../../src/survey/site/objects-cache.ts";
import { readResources } from "../../src/survey/site/settings-files.ts";
import { createSite, type Site } from "../../src/survey/site/site.ts";
import { summarise } from "../../src/survey/summary.ts";
import { surveySite } from "../../src/survey/survey.ts";
import { createFolder } from "../support/folder.ts";
import { generateSite } from "./generated-site.ts";

async function survey(site: Site, ...options: readonly string[]) {
  const machine = { ...thisMachine(), env: {} };
  const loaded = loadConfig(commandTable(BUILTIN_SETTINGS), ["--native_checks=on", ...options], machine);
  if (loaded.wants !== "run") throw new Error("no configuration");
  const shelf = createShelf(BUILTIN_CHECKS);
  const router = createConfiguredRouter(loaded.config, shelf, {});
  return surveySite(site, { router, shelf });
}

interface Line {
  readonly line: string;
  readonly interval?: string;
  readonly active?: string;
}

/** A site of one host with a service for each line. */
function siteOf(...lines: readonly Line[]): Site {
  const object = (kind: string, values: Readonly<Record<string, string>>) => ({
    kind,
    values: new Map(Object.entries(values)),
  });
  const services = lines.flatMap(({ line, interval = "1", active = "1" }, at) => [
    object("command", { command_name: `c${at}`, command_line: line }),
    object("service", {
      host_name: "h",
      service_description: `s${at}`,
      check_command: `c${at}`,
      check_interval: interval,
      active_checks_enabled: active,
    }),
  ]);
  const host = object("host", { host_name: "h", active_checks_enabled: "1" });
  return createSite({ objects: [host, ...services], users: new Map(), main: new Map() });
}

const folder = createFolder();
afterAll(() => folder[Symbol.dispose]());

function write(name: string, text: string): string {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

describe("a check", () => {
  const perl = write("check_own.pl", "#!/usr/bin/perl\nexit 0;\n");
  const other = write("check_tcp", "#!/bin/sh\necho another check_tcp\n");

  it.each<[string, string, string, string, string | undefined]>([
    ["that a native check understands", "/no/check_tcp -H h -p 1", "native", "check_tcp", undefined],
    ["in negate", "/no/negate /no/check_tcp -H h -p 1", "native", "negate", undefined],
    ["of another suite", `${other} -H h -p 1`, "plugin", "check_tcp", "the file named is not"],
    [
      "with a strange option",
      "/no/check_tcp -H h -p 1 --strange=secret",
      "plugin",
      "check_tcp",
      "option --strange",
    ],
    [
      "with strange options",
      "/no/check_tcp -H h -p 1 --odd --strange",
      "plugin",
      "check_tcp",
      "options --odd, --strange",
    ],
    [
      "with a strange value",
      "/no/check_snmp -H h:161 -C x -o .1.3",
      "plugin",
      "check_snmp",
      "the value of -H",
    ],
    ["of its own", `${perl} -x`, "plugin", "check_own.pl", "no native check has this name"],
    [
      "of an interpreter",
      `/usr/bin/perl -w ${perl}`,
      "plugin",
      "check_own.pl",
      "no native check has this name",
    ],
    [
      "in negate, of its own",
      `/no/negate ${perl}`,
      "plugin",
      "check_own.pl",
      "no native check has this name",
    ],
    ["in a pipe", "/no/check_tcp -H h | sed s/a/b/", "shell", "check_tcp", "it has an unquoted |"],
  ])("%s", async (_, line, via, program, whyNot) => {
    const { checks } = await survey(siteOf({ line }), "--enable_embedded_perl=off");
    expect(checks).toHaveLength(1);
    const [check] = checks;
    expect(check).toMatchObject({ via, program });
    if (whyNot === undefined) expect(check?.whyNot).toBeUndefined();
    else expect(check?.whyNot).toContain(whyNot);
  });

  it("of Perl is kept warm where that is switched on", async () => {
    const options = ["--enable_embedded_perl=on", "--use_embedded_perl_implicitly=on"];
    const { checks } = await survey(siteOf({ line: `${perl} -x` }), ...options);
    expect(checks[0]).toMatchObject({
      via: "warm",
      cost: { nowMs: START_COSTS.perl.startedMs, thenMs: START_COSTS.perl.warmMs },
    });
  });

  it("outside of restrict_path is refused", async () => {
    const { checks } = await survey(siteOf({ line: `${perl} -x` }), "--restrict_path=/no/such/folder");
    expect(checks[0]).toMatchObject({ via: "refuse", whyNot: "restrict_path is set" });
  });

  it("is shown without values of macros that may be secrets", async () => {
    const site = generateSite({ hosts: 1, services: 6 });
    const shown = (await survey(readGenerated(site))).checks.map(({ shownLine }) => shownLine()).join("\n");
    expect(shown).toContain("/usr/lib/nowhere/plugins/check_http");
    expect(shown).not.toMatch(/S3cr3t|secret-0/);
  });
});

describe("a summary", () => {
  it("adds up what costs what, and leaves out what does not run", async () => {
    const native = { line: "/no/check_tcp -H h -p 1" };
    const site = siteOf(
      native,
      { ...native, interval: "0.5" },
      { ...native, interval: "0" },
      { ...native, active: "0" },
    );
    const summary = summarise(await survey(site));
    expect(summary).toMatchObject({
      hosts: 1,
      services: 4,
      inactive: 1,
      withoutCommand: 1,
      withoutInterval: 1,
    });
    expect(summary).toMatchObject({ absent: 3, measured: 3, checksPerSecond: 1 / 60 + 1 / 30 });
    expect(summary.all.checks).toBe(3);
    const { startedMs = 0, nativeMs = 0 } = CHECK_COSTS.find(({ check }) => check === "check_tcp") ?? {};
    const cores = (ms: number) => ms / 1000 / 60 + ms / 1000 / 30;
    expect(summary.all.nowCores).toBeCloseTo(cores(startedMs), 12);
    expect(summary.all.thenCores).toBeCloseTo(cores(nativeMs), 12);
  });

  it("counts each check of a site of 12,750 objects once", async () => {
    const summary = summarise(await survey(readGenerated(generateSite({ hosts: 1750, services: 11_000 }))));
    const count = (all: readonly { readonly checks: number }[]) =>
      all.reduce((sum, { checks }) => sum + checks, 0);
    expect(summary.all.checks).toBe(12_750);
    expect(count(summary.ways)).toBe(12_750);
    expect(count(summary.programs)).toBe(12_750);
    const native = summary.ways.find(({ via }) => via === "native")?.checks ?? 0;
    expect(count(summary.reasons)).toBe(12_750 - native);
    expect(summary.reasons.length).toBeLessThan(10);
  });
});

function readGenerated({ cache, resources }: ReturnType<typeof generateSite>): Site {
  return createSite({
    objects: readObjectsCache(cache, "generated"),
    users: readResources(resources),
    main: new Map(),
  });
}
