import { readFileSync, readlinkSync } from "node:fs";
import { basename } from "node:path";
import { errorCode } from "../../error-text.ts";

/** In the command lines of the workers that know pid files: ours, the C worker and the Go worker. */
const WORKER = /mod[-_]gearman[-_]worker|omd-worker/;

/**
 * Whether a process with this id lives and may be a worker. It is none if it is a zombie, a thread, a parent
 * of ours or another program. Where the kernel does not tell, it may be one.
 */
export function isWorkerProcess(pid: number): boolean {
  if (!isAlive(pid) || pid === process.ppid) return false;
  const status = read(pid, "status");
  if (status === undefined) return true;
  const isThread = field(status, "Tgid") !== String(pid);
  const isZombie = /^[ZX]/.test(field(status, "State"));
  return !isThread && !isZombie && mayBeWorker(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}

/** A link to our program may have any name: it is known by its script, which is the same as ours. */
function mayBeWorker(pid: number): boolean {
  const commandLine = read(pid, "cmdline");
  if (commandLine === undefined || WORKER.test(commandLine)) return true;
  const script = process.argv[1];
  const words = commandLine.split("\0");
  return isNode(pid) && script !== undefined && words.some((word) => basename(word) === basename(script));
}

function isNode(pid: number): boolean {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`)) === basename(process.execPath);
  } catch {
    return true; // it is another user's
  }
}

function field(status: string, name: string): string {
  return new RegExp(`^${name}:\\s*(\\S+)`, "m").exec(status)?.[1] ?? "";
}

function read(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return undefined;
  }
}
