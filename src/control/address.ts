import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** In the abstract namespace: no file is left behind, and it works where nothing may be written. */
const PREFIX = "omd-worker/";
/** Of the 108 bytes of a socket's address one is the zero byte in front. */
const MAX_NAME = 107;

/**
 * The address of the control socket of the worker with this identifier (a byte string), in the form that
 * `node:net` listens on and connects to. A long identifier is cut; a hash of it keeps it apart from others.
 */
export function controlAddress(identifier: string): string {
  return `\0${controlName(identifier)}`;
}

/** The same as people and `ss -xl` write it, without the `@` in front. */
export function controlName(identifier: string): string {
  // A zero byte would end the name for some programs, and a line break for those that list sockets.
  const name = `${PREFIX}${identifier.replace(/[^!-~]/g, "_")}`;
  if (name.length <= MAX_NAME && name === `${PREFIX}${identifier}`) return name;
  const hash = createHash("sha256").update(identifier).digest("hex").slice(0, 12);
  return `${name.slice(0, MAX_NAME - hash.length - 1)}~${hash}`;
}

/** The names of the workers that listen in this network namespace, as `controlName` makes them. */
export function findControlNames(table: string = readSocketTable()): readonly string[] {
  const names = table.split("\n").flatMap((line) => / @(omd-worker\/\S+)$/.exec(line)?.[1] ?? []);
  return [...new Set(names)].sort();
}

function readSocketTable(): string {
  try {
    return readFileSync("/proc/net/unix", "latin1");
  } catch {
    return ""; // not Linux, or no /proc
  }
}
