import { existsSync, readdirSync, realpathSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BUILTIN_CHECKS } from "../../../plugins/index.ts";
import { createIdentification } from "../../../src/run/routing/identity.ts";
import { hasServer } from "../../support/servers/installed.ts";

const REPLACES = { suite: "monitoring-plugins", versions: ["2.3"] };
const CHECK = { name: "check_x", replaces: REPLACES };

const plugin = (version = "2.3.3", name = "check_x", suite = "monitoring-plugins") =>
  `\x7fELF\x02\x01\x01\0\0${name}\0\0\0Copyright\0${suite}\0${version}\0Usage\0`;

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "identity-"));
  path = join(directory, "check_x");
});
afterEach(() => rm(directory, { recursive: true }));

async function install(contents: string, mode = 0o755): Promise<void> {
  await writeFile(path, contents, "latin1");
  await chmod(path, mode);
}

describe("a name without a folder", () => {
  const identifyIn = (searchPath: string | undefined) => createIdentification({ searchPath });

  it("is looked for in PATH, as it is when it is executed", async () => {
    await install("#!/bin/sh\n");
    expect(identifyIn(`/nowhere:${directory}`)("check_x", CHECK).kind).toBe("foreign");
    await install(plugin());
    expect(identifyIn(`/nowhere:${directory}`)("check_x", CHECK).kind).toBe("replaced");
    await install(plugin(), 0o644);
    expect(identifyIn(directory)("check_x", CHECK).kind).toBe("absent");
    await mkdir(join(directory, "check_y"));
    expect(identifyIn(directory)("check_y", CHECK).kind).toBe("absent");
  });

  it("is not looked for in the folder that the worker happens to be in", () => {
    expect(identifyIn("/nowhere")("package.json", CHECK).kind).toBe("absent");
    expect(identifyIn("/nowhere:")("package.json", CHECK).kind).toBe("absent"); // not executable
    expect(identifyIn(undefined)("check_x", CHECK).kind).toBe("absent");
  });
});

describe("a check may answer for", () => {
  it.each(["2.3", "2.3.0", "2.3.12", "2.3.3.1"])("the plugin in version %s", async (version) => {
    await install(plugin(version));
    expect(createIdentification()(path, CHECK)).toEqual({
      kind: "replaced",
      why: `the file named is check_x of monitoring-plugins ${version}`,
    });
  });

  it("a script that it knows, in a version that it knows", async () => {
    const replaces = { suite: "check_x", versions: ["2.9"], script: ["package CheckX;", "package Other;"] };
    const look = async (contents: string) => {
      await install(contents);
      return createIdentification()(path, { name: "check_x", replaces });
    };
    const script = (version: string, text = "package CheckX;\npackage Other;\n") =>
      `#!/usr/bin/perl\n${text}version => '$Revision: ${version} $'\n`;
    expect(await look(script("2.9"))).toEqual({
      kind: "replaced",
      why: "the file named is check_x of check_x 2.9",
    });
    expect((await look(script("2.9.1"))).kind).toBe("replaced");
    expect((await look(script("2.90"))).why).toBe("the file named is another version of check_x");
    expect((await look(script("2.9", "package CheckX;\n"))).kind).toBe("foreign");
    expect((await look(plugin("2.9", "check_x", "check_x"))).kind).toBe("foreign");
  });

  it("the plugin under a symbolic link", async () => {
    await install(plugin());
    await symlink(path, `${path}-link`);
    expect(createIdentification()(`${path}-link`, CHECK).kind).toBe("replaced");
  });

  it("a program in Go, by the module and the version that are in it", async () => {
    const suite = "example.org/check_x";
    const check = {
      name: "check_x",
      replaces: { suite, versions: ["0.7.6"], program: /\n {2}check_x v([0-9.]+)\n/ },
    };
    const program = (version: string, path = `path\t${suite}/cmd/check_x\n`) =>
      `\x7fELF\x02\x01\x01\0\0${path}mod\t${suite}\t(devel)\n\nVersion:\n  check_x v${version}\n`;
    await install(program("0.7.6"));
    expect(createIdentification()(path, check).kind).toBe("replaced");
    for (const other of [
      program("0.7.5"),
      program("0.7.60"),
      program("0.7.6", `path\t${suite}/cmd/other\n`),
    ]) {
      await install(other);
      expect(createIdentification()(path, check).kind).toBe("foreign");
    }
  });

  it("a file that does not exist", () => {
    const identify = createIdentification();
    const why = "the file named does not exist";
    const absent = { kind: "absent", why };
    expect(identify(path, CHECK)).toEqual(absent);
    expect(identify(join(path, "below"), CHECK)).toEqual(absent);
    expect(identify(path, { ...CHECK, replaces: undefined })).toEqual(absent);
  });
});

describe("every other file is executed", () => {
  const notThePlugin = "the file named is not the check_x this check replaces";
  const otherVersion = "the file named is another version of check_x";
  it.each<[what: string, contents: string, why: string, mode?: number]>([
    ["an operator's script", "#!/bin/sh\necho OK\n", notThePlugin],
    ["a script that names the plugin", `#!/bin/sh\n# ${plugin()}`, notThePlugin],
    ["an empty file", "", notThePlugin],
    ["another plugin", plugin("2.3.3", "check_y"), notThePlugin],
    ["a plugin with a longer name", plugin("2.3.3", "check_xy"), notThePlugin],
    ["another suite", plugin("2.3.3", "check_x", "nagios-plugins"), notThePlugin],
    ["an older version", plugin("2.2"), otherVersion],
    ["a newer version", plugin("2.4.0"), otherVersion],
    ["a version that only starts alike", plugin("2.30"), otherVersion],
    ["a version with another separator", plugin("2x3"), otherVersion],
    ["a build between versions", plugin("2.3git"), otherVersion],
    ["a file without the right to execute it", plugin(), "the file named is not executable", 0o644],
  ])("%s", async (_, contents, why, mode) => {
    await install(contents, mode);
    expect(createIdentification()(path, CHECK)).toEqual({ kind: "foreign", why });
  });

  it("a directory", async () => {
    await mkdir(path);
    expect(createIdentification()(path, CHECK).why).toBe("the file named is not executable");
  });

  it("a symbolic link to itself", async () => {
    await symlink(path, path);
    expect(createIdentification()(path, CHECK).why).toBe("the file named cannot be looked at");
  });

  it("a file too large to be the plugin", async () => {
    await install(plugin() + "x".repeat(5_000_000));
    expect(createIdentification()(path, CHECK).why).toBe("the file named is larger than any plugin replaced");
  });

  it("any file when the check replaces no plugin", async () => {
    await install(plugin());
    expect(createIdentification()(path, { ...CHECK, replaces: undefined })).toEqual({
      kind: "foreign",
      why: "the file named exists, and the check stands in for no plugin",
    });
  });
});

describe("remembers", () => {
  let time: number;
  beforeEach(() => {
    time = 0;
  });
  const create = () => createIdentification({ now: () => time, lookAgainAfterMs: 1000 });

  it("a file for a moment, and then notices a change", async () => {
    const identify = create();
    await install(plugin());
    expect(identify(path, CHECK).kind).toBe("replaced");
    await install("#!/bin/sh\n");
    time = 999;
    expect(identify(path, CHECK).kind).toBe("replaced");
    time = 1000;
    expect(identify(path, CHECK).kind).toBe("foreign");
  });

  it("that a file was absent, and then notices that it was created", async () => {
    const identify = create();
    expect(identify(path, CHECK).why).toBe("the file named does not exist");
    await install("#!/bin/sh\n");
    time = 1000;
    expect(identify(path, CHECK).kind).toBe("foreign");
  });

  it("and notices a new file that has the size and time of the old one", async () => {
    const identify = create();
    await install(plugin("2.3.3"));
    const { atime, mtime } = await stat(path);
    expect(identify(path, CHECK).kind).toBe("replaced");
    await rm(path);
    await install(plugin("2.4.3"));
    await utimes(path, atime, mtime);
    time = 1000;
    expect(identify(path, CHECK).kind).toBe("foreign");
  });

  it("nothing about another check: the shelf may have changed", async () => {
    const identify = create();
    await install(plugin());
    expect(identify(path, CHECK).kind).toBe("replaced");
    expect(identify(path, { ...CHECK, replaces: { ...REPLACES, versions: ["2.4"] } }).kind).toBe("foreign");
  });
});

it("takes paths as bytes", async () => {
  const odd = join(directory, "\xff\xc4");
  await writeFile(Buffer.from(odd, "latin1"), plugin(), "latin1");
  await chmod(Buffer.from(odd, "latin1"), 0o755);
  expect(createIdentification()(odd, CHECK)).toMatchObject({ kind: "replaced" });
  expect(createIdentification()(odd, CHECK).why).toContain("2.3.3");
});

describe("a program with several names", () => {
  const carrying = (...strings: readonly string[]) =>
    `\x7fELF\0${["monitoring-plugins", "2.3.3", ...strings].join("\0")}\0`;
  const SEVERAL: Readonly<Record<string, string>> = {
    tcp: carrying("a1 LOGOUT\r\n", "<?xml version='1.0'", "</stream:stream>\n"),
    icmp: carrying("check_icmp", "check_ping", "check_host", "check_rta_multi"),
  };

  it.each([
    ["tcp", "check_tcp", true],
    ["tcp", "check_ftp", true],
    ["tcp", "check_smtp", false],
    ["tcp", "check_x", false],
    ["icmp", "check_icmp", true],
    ["icmp", "check_host", true],
    ["icmp", "check_ping", false],
  ])("%s is %s: %s", async (program, name, isReplaced) => {
    await install(SEVERAL[program] ?? "");
    expect(createIdentification()(path, { name, replaces: REPLACES }).kind === "replaced").toBe(isReplaced);
  });
});

describe.skipIf(!hasServer("check_dummy"))("of Debian's plugins", () => {
  const PLUGINS = "/usr/lib/nagios/plugins";
  const identify = createIdentification();
  const isReplaced = (name: string, file = name) =>
    identify(join(PLUGINS, file), { name, replaces: REPLACES }).kind === "replaced";
  const present = (...names: readonly string[]) => names.filter((name) => existsSync(join(PLUGINS, name)));

  it("those are known that the worker's own checks replace", () => {
    const unknown = BUILTIN_CHECKS.filter(({ name, replaces }) => replaces && existsSync(join(PLUGINS, name)))
      .filter((check) => identify(join(PLUGINS, check.name), check).kind !== "replaced")
      .map(({ name }) => name);
    expect(unknown).toEqual([]);
  });

  it.each(
    present(
      ...["check_tcp", "check_udp", "check_ftp", "check_imap", "check_pop", "check_simap", "check_spop"],
      ...["check_ssmtp", "check_jabber", "check_nntp", "check_nntps", "check_clamd", "check_smtp"],
      ...["check_http", "check_ping", "check_icmp", "check_host", "check_rta_multi", "check_fping"],
      ...["check_snmp", "check_ssh", "check_by_ssh", "check_dummy", "negate"],
    ),
  )("%s is known, and none but itself and its other names is taken for it", (name) => {
    expect(isReplaced(name)).toBe(true);
    const program = realpathSync(join(PLUGINS, name));
    const taken = readdirSync(PLUGINS).filter((file) => isReplaced(name, file));
    expect(taken.filter((file) => realpathSync(join(PLUGINS, file)) !== program)).toEqual([]);
  });
});
