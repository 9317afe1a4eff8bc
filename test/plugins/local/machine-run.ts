/**
 * The program that machine.ts starts in a mount namespace, where the files of the machine are others. It
 * reads the command lines, and prints how the checks and the plugins compare.
 */
import { readFileSync } from "node:fs";
import { json } from "node:stream/consumers";
import { checkDisk } from "../../../plugins/local/check_disk.ts";
import { checkLoad } from "../../../plugins/local/check_load.ts";
import { checkProcs } from "../../../plugins/local/check_procs.ts";
import { checkSwap } from "../../../plugins/local/check_swap.ts";
import { checkUsers } from "../../../plugins/local/check_users.ts";
import { MACHINE_FILES, MachineFiles } from "../../../plugins/local/machine-files.ts";
import { findPlugin } from "../core/real-plugins.ts";
import { type Comparison, compareWithPlugin } from "../differential.ts";
import type { NormalRule } from "../oracle.ts";

const CHECKS = {
  check_disk: checkDisk,
  check_load: checkLoad,
  check_procs: checkProcs,
  check_swap: checkSwap,
  check_users: checkUsers,
};

export type LocalCheck = keyof typeof CHECKS;

/** The command lines of each check. */
export type LocalTask = Readonly<Partial<Record<LocalCheck, readonly (readonly string[])[]>>>;

/** What others do on this machine meanwhile. Nothing else writes below `/run`. */
const RULES: Readonly<Partial<Record<LocalCheck, readonly NormalRule[]>>> = {
  check_disk: [
    [/(?<= )'\/(?!run)\S* \(inodes\)'=\d+/g, "INODES"],
    [/(?<= )\/(?!run)\S* \d+[A-Za-z]+ \(\d+% inode/g, "FREE"],
    [/(?<= )\/(?!run)\S*=\d+B/g, "USED"],
  ],
};

/** The files here are mounted over those of the kernel, for which the checks would decline. */
const PLACES = "1 0 0:1 / / rw - ext4 x rw\n2 1 0:2 / /proc rw - proc x rw\n3 1 0:3 / /sys rw - sysfs x rw\n";

function readText(path: string): string {
  return path === "/proc/self/mountinfo" ? PLACES : readFileSync(path, "latin1");
}

async function compareAll(task: LocalTask): Promise<readonly Comparison[]> {
  const given = new Map([[MACHINE_FILES, new MachineFiles({ readText })]]);
  const all: Comparison[] = [];
  for (const [name, lines] of Object.entries(task)) {
    const check = CHECKS[name as LocalCheck];
    const rules = RULES[name as LocalCheck] ?? [];
    // A plugin is counted by another, and one that has ended is a zombie for a moment.
    const turns = name === "check_procs" ? { atOnce: 1, isInTurn: true } : { atOnce: 4 };
    all.push(await compareWithPlugin(check, findPlugin(name) ?? "", lines, { rules, given, ...turns }));
  }
  return all;
}

if (import.meta.main) {
  const task = (await json(process.stdin)) as LocalTask;
  process.stdout.write(JSON.stringify(await compareAll(task)));
}
