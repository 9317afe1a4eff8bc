import { expect, it } from "vitest";
import { checkLoad } from "../../../plugins/local/check_load.ts";
import { checkUsers } from "../../../plugins/local/check_users.ts";
import { MACHINE_FILES, MachineFiles } from "../../../plugins/local/machine-files.ts";
import { SharedValues } from "../../../sdk/shared.ts";
import { runCheck } from "../../../sdk/testing.ts";

const PLAIN =
  "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:2 / /proc rw,nosuid shared:5 - proc proc rw,hidepid=1\n";
const LXCFS = "3 2 0:3 /proc/loadavg /proc/loadavg rw - fuse.lxcfs lxcfs rw\n";

function createFiles(mounts: string, files: Readonly<Record<string, string>> = {}) {
  const all: Readonly<Record<string, string>> = { "/proc/self/mountinfo": mounts, ...files };
  return new MachineFiles({
    readText: (path) => {
      const text = all[path];
      if (text === undefined) throw new Error("ENOENT");
      return text;
    },
    exists: (path) => Object.hasOwn(all, path),
  });
}

function sharing(files: MachineFiles) {
  return new SharedValues({ log: () => {}, given: new Map([[MACHINE_FILES, files]]) });
}

const LOADAVG = { "/proc/loadavg": "0.25 0.50 1.75 1/2 3\n" };

it("reads what the kernel says", async () => {
  await using shared = sharing(createFiles(PLAIN, LOADAVG));
  expect(await runCheck(checkLoad, "-w 1 -c 1.5", { shared })).toMatchObject({
    returnCode: 2,
    output:
      "LOAD CRITICAL - total load average: 0.25, 0.50, 1.75|load1=0.250;1.000;1.500;0; load5=0.500;1.000;1.500;0; load15=1.750;1.000;1.500;0; \n",
  });
});

it.each([
  [
    "another program answers for the file",
    PLAIN + LXCFS,
    LOADAVG,
    "/proc/loadavg is not a file of the kernel",
  ],
  ["nothing is known of the mounts", "", LOADAVG, "/proc/loadavg is not a file of the kernel"],
  ["the file cannot be read", PLAIN, {}, "/proc/loadavg cannot be read"],
  ["the file has another form", PLAIN, { "/proc/loadavg": "x" }, "/proc/loadavg has another form"],
])("is left to the plugin where %s", async (_, mounts, files, reason) => {
  await using shared = sharing(createFiles(mounts, files));
  await expect(runCheck(checkLoad, "-w 1 -c 2", { shared })).rejects.toThrow(reason);
});

it("looks at the mounts again after a minute", () => {
  let now = 0;
  let mounts = PLAIN;
  const files = new MachineFiles({ now: () => now, readText: (path) => (path === "/x" ? "" : mounts) });
  const look = () => files.requirePlace("/proc/loadavg", "kernel");
  expect(look()).toContain("hidepid=1");
  mounts = PLAIN + LXCFS;
  expect(look).not.toThrow();
  now = 60_000;
  expect(look).toThrow("is not a file of the kernel");
});

it("counts nobody without a file of users, and leaves one on another machine's disk to the plugin", async () => {
  await using none = sharing(createFiles(PLAIN));
  expect(await runCheck(checkUsers, "-w 5 -c 10", { shared: none })).toMatchObject({
    output: "USERS OK - 0 users currently logged in |users=0;5;10;0\n",
  });
  const remote = "4 1 0:4 / /var rw - nfs4 nas:/var rw\n";
  await using shared = sharing(createFiles(PLAIN + remote, { "/var/run/utmp": "" }));
  await expect(runCheck(checkUsers, "-w 5 -c 10", { shared })).rejects.toThrow("not a file of the machine");
});
