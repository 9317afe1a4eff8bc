import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { createFolder } from "../support/folder.ts";
import { hasServer } from "../support/servers/installed.ts";

const UNITS = ["omd-worker.service", "omd-worker@.service"] as const;
/** Of ten, which is no protection at all. */
const MOST_EXPOSED = 3;

/** Puts the units where systemd-analyze finds what it needs: a program and a user that this machine has. */
function copyUnits(folder: string): void {
  for (const unit of UNITS) {
    const text = readFileSync(join("systemd", unit), "utf8");
    const here = text.replace("/usr/bin/omd-worker", "/bin/true").replace("User=omd-worker", "User=daemon");
    writeFileSync(join(folder, unit), here);
  }
}

function readUnit(name: string): readonly string[] {
  return readFileSync(join("systemd", name), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
}

describe.skipIf(!hasServer("systemd-analyze"))("the units of systemd", () => {
  it.each(["omd-worker.service", "omd-worker@one.service"])("%s has no fault", async (unit) => {
    using folder = createFolder();
    copyUnits(folder.path);
    const { all = "" } = await execa("systemd-analyze", ["verify", "--man=no", join(folder.path, unit)], {
      all: true,
    });
    expect(all.split("\n").filter((line) => line.includes("omd-worker"))).toEqual([]);
  });

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
    using folder = createFolder();
    copyUnits(folder.path);
    const { stdout } = await execa(
      "systemd-analyze",
      ["security", "--offline=true", "--no-pager", join(folder.path, unit)],
      { reject: false },
    );
    const level = Number(/Overall exposure level for .*: ([0-9.]+)/.exec(stdout)?.[1]);
    process.stdout.write(`${unit}: exposure level ${level}\n`);
    expect(level).toBeLessThan(MOST_EXPOSED);
  });
});

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
