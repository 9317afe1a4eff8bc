import { describe, expect, it } from "vitest";
import { checkDisk } from "../../../plugins/local/check_disk.ts";
import {
  FILE_SYSTEMS,
  type FileSystemCalls,
  FileSystems,
  type FileSystemUsage,
} from "../../../plugins/local/disk/file-systems.ts";
import { SharedValues } from "../../../sdk/shared.ts";
import { runCheck } from "../../../sdk/testing.ts";

const USAGE: FileSystemUsage = {
  blockSize: 4096n,
  blocks: 1000n,
  free: 500n,
  available: 400n,
  inodes: 100n,
  freeInodes: 50n,
};
const LOCAL = "proc /proc proc rw 0 0\n/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 /srv xfs rw 0 0\n";
const NFS = "nas:/a /mnt/nas nfs4 rw 0 0\n";
const BELOW_NFS = "/dev/sdc1 /mnt/nas/disk ext4 rw 0 0\n";
const AUTO = "systemd-1 /auto autofs rw 0 0\n";

interface Asked {
  readonly table: string;
  readonly missing?: string;
}

async function run(line: string, { table, missing }: Asked) {
  const asked: string[] = [];
  const calls: FileSystemCalls = {
    readMountTable: () => table,
    stat: async (path) => {
      asked.push(path);
      return path === missing ? "EACCES" : undefined;
    },
    statfs: async (path) => (path === "/proc" ? { ...USAGE, blocks: 0n } : USAGE),
  };
  await using shared = new SharedValues({
    log: () => {},
    given: new Map([[FILE_SYSTEMS, new FileSystems(calls)]]),
  });
  const answer = await runCheck(checkDisk, line, { shared }).then(
    ({ returnCode, output }) => `${returnCode} ${output.split("|")[0]?.trim()}`,
    (error: Error) => `left: ${error.message}`,
  );
  return { answer, asked };
}

const LEFT = "left: a file system of a network or a program might not answer";

describe("a file system that may never answer", () => {
  it.each([
    ["all of them", "-w 20%", LOCAL + NFS],
    ["its own folder", "-w 20% -p /mnt/nas", LOCAL + NFS],
    ["a disk below it", "-w 20% -p /mnt/nas/disk", LOCAL + NFS + BELOW_NFS],
    ["a path that may be a link to it", "-w 20% -p /var/data", LOCAL + NFS],
    ["a device, as its name may be a link, too", "-w 20% -p /dev/sda1", LOCAL + NFS],
    ["a folder that may be mounted by a look at it", "-w 20%", LOCAL + AUTO],
  ])("is never asked: %s", async (_, line, table) => {
    const { answer, asked } = await run(line, { table });
    expect(answer).toBe(LEFT);
    expect(asked.filter((path) => path.startsWith("/mnt") || path.startsWith("/auto"))).toEqual([]);
  });

  it.each([
    ["-w 20% -l -p /", "0 DISK OK - free space: / 1MiB (44% inode=50%);"],
    ["-w 20% -l", "0 DISK OK - free space: / 1MiB (44% inode=50%); /srv 1MiB (44% inode=50%);"],
    [
      "-w 20% -X nfs4 -c 50%",
      "2 DISK CRITICAL - free space: / 1MiB (44% inode=50%); /srv 1MiB (44% inode=50%);",
    ],
    ["-w 20% -e -p /srv", "0 DISK OK"],
  ])("does not matter where it is left out: %s", async (line, expected) => {
    expect(await run(line, { table: LOCAL + NFS })).toMatchObject({ answer: expected });
  });
});

it.each(["-w inf -p /", "-K 5:INF -p / -P", "-W infinity% -p /"])(
  "leaves limits without an end to the plugin, which shows other numbers: %s",
  (line) => {
    expect(checkDisk.understand(line.split(" "))).toBeUndefined();
  },
);

it("ends with the first path that may not be looked at", async () => {
  const { answer } = await run("-w 20%", { table: LOCAL, missing: "/srv" });
  expect(answer).toBe("2 DISK CRITICAL - /srv is not accessible: Permission denied");
});

it("is left to the plugin while one call does not return, and answers again when it has", async () => {
  const stuck = Promise.withResolvers<undefined>();
  let calls = 0;
  const systems = new FileSystems(
    {
      readMountTable: () => LOCAL,
      stat: () => {
        calls += 1;
        return calls === 1 ? stuck.promise : Promise.resolve(undefined);
      },
      statfs: async () => USAGE,
    },
    20,
  );
  await using shared = new SharedValues({ log: () => {}, given: new Map([[FILE_SYSTEMS, systems]]) });
  const check = () => runCheck(checkDisk, "-w 20% -p /", { shared });
  await expect(check()).rejects.toThrow("a file system does not answer");
  await expect(check()).rejects.toThrow("a file system does not answer");
  expect(calls).toBe(1);
  stuck.resolve(undefined);
  await new Promise(setImmediate);
  expect(await check()).toMatchObject({ returnCode: 0 });
});
