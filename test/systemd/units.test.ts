import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";
import { createFolder } from "../support/folder.ts";
import { hasServer } from "../support/servers/installed.ts";

const UNITS = ["omd-worker.service", "omd-worker@.service"] as const;
/** Programs beside the worker: the unit is called as the command's man page. */
const BESIDE = ["omd-worker-perfdata", "omd-worker-zulip-bot", "omd-worker-zulip-notifier"] as const;
const BESIDE_UNITS = BESIDE.map((name) => `${name}.service` as const);
/** Of ten, which is no protection at all. */
const MOST_EXPOSED = 3;
const MOST_EXPOSED_BESIDE = 2;
const HARDENS = /^(?:NoNew|Capability|Protect|Private|Device|Keyring|Lock|Restrict|SystemCall)\w*=/;
/** What plugins need, and programs beside the worker have stricter. */
const WEAKER_IN_THE_WORKER = [
  "CapabilityBoundingSet=CAP_NET_RAW",
  "PrivateTmp=no",
  "ProtectHome=read-only",
  "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK AF_PACKET",
];

/** Puts the units where systemd-analyze finds what it needs: a program and a user that this machine has. */
function copyUnits(folder: string): void {
  for (const unit of [...UNITS, ...BESIDE_UNITS]) {
    const text = readFileSync(join("systemd", unit), "utf8");
    const here = text.replace("/usr/bin/omd-worker", "/bin/true").replace(/^User=.*$/m, "User=daemon");
    writeFileSync(join(folder, unit), here);
  }
}

function readUnit(name: string): readonly string[] {
  return readFileSync(join("systemd", name), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
}

describe.skipIf(!hasServer("systemd-analyze"))("the units of systemd", () => {
  it.each(["omd-worker.service", "omd-worker@one.service", ...BESIDE_UNITS])(
    "%s has no fault",
    async (unit) => {
      using folder = createFolder();
      copyUnits(folder.path);
      const { all = "" } = await execa("systemd-analyze", ["verify", "--man=no", join(folder.path, unit)], {
        all: true,
      });
      expect(all.split("\n").filter((line) => line.includes("omd-worker"))).toEqual([]);
    },
  );

  it.each(["allow-sudo.conf", "allow-queue-user.conf"])("have no fault with the drop-in %s", async (name) => {
    using folder = createFolder();
    copyUnits(folder.path);
    const dropIns = join(folder.path, "omd-worker.service.d");
    mkdirSync(dropIns);
    cpSync(join("systemd", name), join(dropIns, name));
    const unit = join(folder.path, "omd-worker.service");
    const { all = "" } = await execa("systemd-analyze", ["verify", "--man=no", unit], { all: true });
    expect(all.split("\n").filter((line) => line.includes("omd-worker"))).toEqual([]);
  });

  it.each(["omd-worker.service", "omd-worker@one.service"])("%s lets a plugin do little", async (unit) => {
    expect(await exposureOf(unit)).toBeLessThan(MOST_EXPOSED);
  });

  it.each(BESIDE_UNITS)("%s, which starts no plugin, can do less", async (unit) => {
    expect(await exposureOf(unit)).toBeLessThan(MOST_EXPOSED_BESIDE);
  });
});

async function exposureOf(unit: string): Promise<number> {
  using folder = createFolder();
  copyUnits(folder.path);
  const { stdout } = await execa(
    "systemd-analyze",
    ["security", "--offline=true", "--no-pager", join(folder.path, unit)],
    { reject: false },
  );
  const level = Number(/Overall exposure level for .*: ([0-9.]+)/.exec(stdout)?.[1]);
  process.stdout.write(`${unit}: exposure level ${level}\n`);
  return level;
}

describe.each(BESIDE)("the unit %s", (name) => {
  const unit = readUnit(`${name}.service`);

  it("starts the command that it is called by, with a configuration that the package has", () => {
    const command = name.replace("omd-worker-", "");
    const start = unit.find((line) => line.startsWith("ExecStart="));
    expect(start).toMatch(/^ExecStart=\/usr\/bin\/omd-worker \S+ --config=\/etc\/omd-worker\/[\w-]+\.conf$/);
    expect(start?.split(" ")[1]).toBe(command);
    expect(COMMANDS.map(({ name: each }) => each)).toContain(command);
    expect(readFileSync("packaging/deb/build.sh", "utf8")).toContain(
      `"$root${/--config=(\S+)/.exec(start ?? "")?.[1]}"`,
    );
  });

  it("gives up nothing of what hardens the worker's", () => {
    const others = readUnit("omd-worker.service").filter((line) => HARDENS.test(line));
    expect(others.length).toBeGreaterThan(15);
    expect(others.filter((line) => !unit.includes(line))).toEqual(WEAKER_IN_THE_WORKER);
  });

  it("is in the package, neither enabled nor started by its installation", () => {
    const rules = readFileSync("packaging/deb/debian/rules", "utf8");
    const flags = "--no-enable --no-start --restart-after-upgrade";
    expect(rules).toContain(`dh_installsystemd ${flags}\n`);
    expect(rules).toContain(`dh_installsystemd ${flags} --name=${name}\n`);
    // By its own words only: dh_installsystemd --no-start does not.
    expect(scriptOf("prerm")).toMatch(new RegExp(`^ +for unit in omd-worker .*\\b${name}\\b.*; do$`, "m"));
    expect(readFileSync("packaging/deb/build.sh", "utf8")).toContain(` ${name}`);
  });

  it("has a user and folders that the package makes and purges", () => {
    const user = unit.find((line) => line.startsWith("User="))?.slice("User=".length);
    expect(scriptOf("postinst")).toContain(`make_user ${user} `);
    expect(scriptOf("postrm")).toContain(` ${user}`);
    const made = scriptOf("dirs").split("\n");
    const paths = unit.flatMap(pathsOf);
    expect(paths.length).toBeGreaterThan(0);
    for (const path of paths) {
      expect(made).toContain(path.slice(1));
      expect(scriptOf("postrm")).toContain(` ${path}`);
      expect(scriptOf("postinst")).toMatch(new RegExp(`own \\S+ \\S+ \\d+ ${path}$`, "m"));
    }
  });
});

function scriptOf(name: string): string {
  return readFileSync(`packaging/deb/debian/omd-worker.${name}`, "utf8");
}

/** The folders that a line of a unit lets the program write. */
function pathsOf(line: string): readonly string[] {
  const [name, value = ""] = line.split("=", 2);
  if (name === "StateDirectory") return [`/var/lib/${value}`];
  return name === "ReadWritePaths" ? value.split(" ").map((path) => path.replace(/^-/, "")) : [];
}

it("both units say the same, apart from the names", () => {
  const [one, many] = UNITS.map(readUnit);
  const different = one?.filter((line) => !many?.includes(line)).map((line) => line.split("=")[0]);
  expect(different).toEqual(["Description", "ExecStart", "RuntimeDirectory"]);
  expect(many).toHaveLength(one?.length ?? 0);
});

it("the drop-in for sudo takes back all that brings NoNewPrivileges with it", () => {
  const set = readUnit("allow-sudo.conf").map((line) => line.split("=")[0]);
  const implying = readUnit("omd-worker.service")
    .map((line) => line.split("=")[0] ?? "")
    .filter((name) => /^(?:Restrict|Lock|SystemCall(?!Error)|Protect(?:Clock|Hostname|Kernel))/.test(name));
  expect(implying.length).toBeGreaterThan(8);
  expect(set).toEqual(expect.arrayContaining(implying));
});
