import { readFileSync } from "node:fs";
import { SETPRIV } from "./confinement.ts";

/** What it takes to run plugins as other users, and to end them: a name and the number of its bit. */
const NEEDED = [
  ["CAP_KILL", 5n],
  ["CAP_SETGID", 6n],
  ["CAP_SETUID", 7n],
] as const;

/** The capabilities for other users that this process does not have. */
export function missingCapabilities(status = readStatus()): readonly string[] {
  const effective = readMask(status, "CapEff");
  return NEEDED.filter(([, bit]) => ((effective >> bit) & 1n) === 0n).map(([name]) => name);
}

/**
 * The words in front of a program that starts plugins of other queues. A worker that may change users without
 * being root has that right for `queue_user`. What it starts would inherit it, and a plugin could become
 * root. Empty: nothing is inherited.
 */
export function withoutCapabilities(status = readStatus()): readonly string[] {
  const ambient = readMask(status, "CapAmb");
  const isForUsers = NEEDED.every(([, bit]) => ((ambient >> bit) & 1n) === 1n);
  if (!isForUsers) return [];
  const dropped = NEEDED.map(([name]) => `-${name.slice("CAP_".length).toLowerCase()}`).join(",");
  return [SETPRIV, `--inh-caps=${dropped}`, `--ambient-caps=${dropped}`, "--"];
}

function readMask(status: string, name: string): bigint {
  const [, digits = "0"] = new RegExp(`^${name}:\\s*([0-9a-f]+)$`, "m").exec(status) ?? [];
  return BigInt(`0x${digits}`);
}

function readStatus(): string {
  try {
    return readFileSync("/proc/self/status", "latin1");
  } catch {
    return "";
  }
}
