import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createFolder } from "../../support/folder.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { recordedFile } from "../../survey/recorded-site.ts";
import { run } from "../io.ts";

checkLeaks();

const FILES = ["objects.cache", "resource.cfg", "naemon.cfg"].map(recordedFile);
/** Of the recorded site: all that its files call a password, or that looks like one. */
const SECRETS = /snmpAuthPass1|snmp Priv Pass|S3cr3t|quoted pw|semi;colon|abc=def|nsc-|a%20b|\bpublic\b/;

describe("omd-worker survey", () => {
  it("says for all checks how they would be run", async () => {
    const { code, stdout, stderr } = await run("survey", FILES);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(
      "35 hosts and 281 services: 310 active checks, 1.4 a second\n5 have active checks off\n",
    );
    expect(stdout).toMatch(/^answered natively {2}\d+ /m);
    expect(stdout).toMatch(
      /^14 +check_nwc_health +executed plainly +no native check has this name +fra-drucker-01 \/ Hardware$/m,
    );
  });

  it("gives all figures as JSON", async () => {
    const { stdout } = await run("survey", ["--json", ...FILES]);
    const { files, all, ways, reasons } = JSON.parse(Buffer.from(stdout, "latin1").toString());
    expect(files).toEqual(FILES);
    expect(all.checks).toBe(310);
    expect(ways.map(({ via }: { via: string }) => via)).toEqual([
      "native",
      "warm",
      "plugin",
      "shell",
      "refuse",
    ]);
    expect(reasons[0].example).toHaveProperty("commandLine");
  });

  it("writes a page that loads nothing", async () => {
    using folder = createFolder();
    const page = join(folder.path, "survey.html");
    expect((await run("survey", [`--html=${page}`, ...FILES])).code).toBe(0);
    const text = readFileSync(page, "utf8");
    expect(text.match(/<svg /g)?.length).toBe(4);
    expect(text).not.toMatch(/<(?:script|link|img|iframe|object)\b|\b(?:src|href)=|url\(|@import/i);
    expect(text).toContain("default-src 'none'");
    expect(text).not.toMatch(SECRETS);
  });

  it.each([[], ["--json"], ["--list"]])("shows no secret with %j", async (...options) => {
    const { stdout } = await run("survey", [...options, ...FILES]);
    expect(stdout).not.toMatch(SECRETS);
  });

  it("lists a line for each check", async () => {
    const { stdout } = await run("survey", ["--list", ...FILES]);
    expect(stdout.trimEnd().split("\n")).toHaveLength(310);
    expect(stdout).toMatch(
      /^plugin\tfra-drucker-01 \/ Hardware\tno native check has this name\t\S+check_nwc_health --hostname /m,
    );
  });

  it("takes native_checks as on unless it is named", async () => {
    using folder = createFolder();
    const conf = join(folder.path, "worker.conf");
    writeFileSync(conf, "native_checks=off\n");
    const shared = await run("survey", ["--json", `--config=${conf}`, ...FILES]);
    const off = await run("survey", ["--json", "--native_checks=off", ...FILES]);
    expect(JSON.parse(shared.stdout).ways[0].checks).toBeGreaterThan(100);
    expect(JSON.parse(off.stdout).ways[0].checks).toBe(0);
  });

  it("starts nothing", async () => {
    using folder = createFolder();
    const [mark, cache] = [join(folder.path, "started"), join(folder.path, "objects.cache")];
    const lines = [
      `/usr/bin/touch ${mark}`,
      `/bin/true && touch ${mark}`,
      `/no/negate /usr/bin/touch ${mark}`,
    ];
    const hosts = lines.map(
      (line, at) =>
        `define command {\n\tcommand_name\tc${at}\n\tcommand_line\t${line}\n\t}\ndefine host {\n\thost_name\th${at}\n\tcheck_command\tc${at}\n\t}\n`,
    );
    writeFileSync(cache, hosts.join(""));
    const { code, stdout } = await run("survey", [cache]);
    expect(code).toBe(0);
    expect(stdout).toContain("3 active checks");
    expect(existsSync(mark)).toBe(false);
  });
});

describe("omd-worker survey exits", () => {
  it.each<[number, string, readonly string[], string]>([
    [
      1,
      "for a file that is not there",
      ["/nowhere/x"],
      "/nowhere/x: it cannot be read: no such file or directory",
    ],
    [
      1,
      "for a page that cannot be written",
      ["--html=/nowhere/p.html", ...FILES],
      "/nowhere/p.html: it cannot be written: no such file",
    ],
    [3, "for two kinds of output", ["--json", "--list"], "usage: omd-worker survey "],
    [3, "for a wrong option", ["--config=/nowhere.conf", ...FILES], "/nowhere.conf"],
    [3, "for a word that is no option", ["--jsn", ...FILES], "usage: omd-worker survey "],
  ])("%d %s", async (expected, _, argv, said) => {
    const { code, stderr, stdout } = await run("survey", argv);
    expect({ code, stdout }).toEqual({ code: expected, stdout: "" });
    expect(stderr).toContain(said);
  });
});
