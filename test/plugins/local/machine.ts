import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { createFolder } from "../../support/folder.ts";
import type { Comparison } from "../differential.ts";
import type { LocalTask } from "./machine-run.ts";

/** What a machine looks like. */
export interface FakeMachine {
  readonly loadavg: string;
  /** The CPUs that are online, as the kernel lists them. */
  readonly cpus: string;
  /** Kibibytes. */
  readonly swap: { readonly total: number; readonly free: number; readonly cached: number };
  /** The types of the records of utmp. Undefined: there is no such file. */
  readonly utmp: readonly number[] | undefined;
}

/** Processes of their own, too: those of the machine come and go. */
const IN_NEW_MOUNTS = ["-mpf", "--mount-proc", ...(process.getuid?.() === 0 ? [] : ["-r"])];

/** False in a container that forbids new mounts. */
export function mayHaveMounts(): boolean {
  const trial = "mount --bind /dev/null /proc/meminfo && mount -t tmpfs none /run";
  return spawnSync("unshare", [...IN_NEW_MOUNTS, "sh", "-c", trial], { stdio: "ignore" }).status === 0;
}

/** Folders of file systems that each such machine has, below the folder `/run`. */
export const MOUNTED = {
  small: "/run/small",
  full: "/run/full",
  spaced: "/run/a b",
  remote: "/run/remote",
  noInodes: "/run/plain",
  longer: "/run/small2",
} as const;

/** The shell stays, so that the parent of the plugins has a parent, too: -k leaves out what has none. */
const SCRIPT = `set -e
mount --bind "$1/meminfo" /proc/meminfo
mount --bind "$1/loadavg" /proc/loadavg
mount --bind "$1/online" /sys/devices/system/cpu/online
mount -t tmpfs none /run
[ ! -e "$1/utmp" ] || cp "$1/utmp" /run/utmp
mkdir /run/small /run/full "/run/a b" /run/remote /run/plain
mount -t tmpfs -o size=20m,nr_inodes=100 small /run/small
mount -t tmpfs -o size=8m full /run/full
mount -t tmpfs -o size=3g "it's = a" "/run/a b"
mount -t tmpfs -o size=1m srv:/share /run/remote
mount -t ramfs none /run/plain
mkdir /run/small/inner /run/small2
head -c 7000000 /dev/zero >/run/full/data
head -c 3333 /dev/zero >/run/small/data
shift
"$@"
exit $?`;

/** Compares the checks with the plugins on such a machine. */
export async function compareOn(machine: FakeMachine, task: LocalTask): Promise<readonly Comparison[]> {
  using folder = createFolder();
  writeFiles(folder.path, machine);
  const program = fileURLToPath(new URL("machine-run.ts", import.meta.url));
  const argv = [...IN_NEW_MOUNTS, "sh", "-c", SCRIPT, "sh", folder.path, process.execPath, program];
  const child = spawn("unshare", argv, { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(JSON.stringify(task));
  const errors = text(child.stderr);
  const printed = await text(child.stdout);
  if (printed === "") throw new Error(`the comparison failed: ${await errors}`);
  return JSON.parse(printed);
}

function writeFiles(folder: string, { loadavg, cpus, swap, utmp }: FakeMachine): void {
  mkdirSync(folder, { recursive: true });
  const { total, free, cached } = swap;
  const meminfo = {
    MemTotal: 8_000_000,
    SwapCached: cached,
    SwapTotal: total,
    SwapFree: free,
    Zswap: 0,
    Slab: 7,
  };
  const lines = Object.entries(meminfo).map(
    ([name, value]) => `${`${name}:`.padEnd(16)}${String(value).padStart(8)} kB\n`,
  );
  writeFileSync(join(folder, "meminfo"), lines.join(""));
  writeFileSync(join(folder, "loadavg"), `${loadavg} 1/200 4711\n`);
  writeFileSync(join(folder, "online"), `${cpus}\n`);
  if (utmp !== undefined) writeFileSync(join(folder, "utmp"), Buffer.concat([...utmp.map(record), HALF]));
}

const RECORD = 384;
/** A record that is being written. */
const HALF = Buffer.alloc(100, 7);

function record(type: number): Buffer {
  const bytes = Buffer.alloc(RECORD);
  bytes.writeInt16LE(type);
  return bytes;
}
