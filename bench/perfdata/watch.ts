import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";

const HERTZ = 100;

/** User and system time of a process, of all its threads. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / HERTZ;
}

export function residentMib(pid: number): number {
  return mib(readFileSync(`/proc/${pid}/status`, "utf8"), "VmRSS");
}

/** What it shares with others counts in part. */
export function pssMib(pid: number): number {
  return mib(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"), "Pss");
}

function mib(text: string, name: string): number {
  const kib = new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1];
  return Math.round(Number(kib) / 1024);
}

export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}
