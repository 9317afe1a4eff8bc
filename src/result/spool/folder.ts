import { spawnSync } from "node:child_process";
import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { errorCode } from "../../error-text.ts";
import { makeFolder, whyUnsafeFolder } from "../../open-file.ts";

/** The spool cannot be used. The message says why, and what to do; the worker does not start. */
export class SpoolError extends Error {
  override readonly name = "SpoolError";
}

export const LOCK = "lock";
const { O_CREAT, O_NOFOLLOW, O_RDWR } = constants;
/** With these a worker goes on without its spool, and tries again: nobody has to change worker.conf. */
const PASSING = new Set(["EROFS", "ENOSPC", "EDQUOT", "EIO", "EMFILE", "ENFILE", "ESTALE", "ENOMEM"]);

/**
 * Makes the folder if there is none, looks who may write to it, and locks it for as long as the returned
 * descriptor is open. Throws a `SpoolError`, or the system's error where waiting may help.
 */
export function takeFolder(folder: string): number {
  try {
    makeFolder(folder, 0o700);
    const why = whyUnsafeFolder(statSync(folder), folder);
    if (why !== undefined) throw new SpoolError(`cannot use result_spool: ${why}`);
    return takeLock(join(folder, LOCK));
  } catch (error) {
    if (error instanceof SpoolError || isPassing(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new SpoolError(
      `cannot use result_spool: ${reason} (the worker's user must be able to write there)`,
    );
  }
}

/** For people, without making or locking anything. Undefined: the folder can be used, or made. */
export function whyUnusable(folder: string): string | undefined {
  try {
    const stats = statSync(folder, { throwIfNoEntry: false });
    if (stats !== undefined) return whyUnsafeFolder(stats, folder);
    const above = dirname(folder);
    if (above === folder) return `${folder} cannot be made`;
    if (statSync(above, { throwIfNoEntry: false }) === undefined) return whyUnusable(above);
    accessSync(above, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Whether the system's error may go by itself, or by the hand of somebody who frees space. */
export function isPassing(error: unknown): boolean {
  return PASSING.has(errorCode(error) ?? "");
}

/**
 * Node has no flock(2). A lock belongs to the open file, not to the process that asked for it: so the program
 * flock takes it for a descriptor of ours, and ends. The kernel lets go of it when we end, however we do.
 */
function takeLock(path: string): number {
  const fd = openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600);
  try {
    const { status, error } = spawnSync("flock", ["-n", "3"], { stdio: ["ignore", "ignore", "ignore", fd] });
    if (error !== undefined)
      throw new SpoolError(`cannot use result_spool: no flock (install util-linux): ${error.message}`);
    if (status !== 0) throw new SpoolError(lockedBy(path, fd));
    if (fstatSync(fd).isFile()) ftruncateSync(fd);
    writeOwner(fd);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function lockedBy(path: string, fd: number): string {
  const bytes = Buffer.alloc(20);
  const pid = Number.parseInt(bytes.toString("latin1", 0, readSync(fd, bytes, 0, bytes.length, 0)), 10);
  const who = pid > 0 ? `process ${pid}` : "another process";
  return `cannot use result_spool: ${who} has locked ${path} (each worker needs a folder of its own)`;
}

/** For the message of another worker. A full disk does no harm to the lock. */
function writeOwner(fd: number): void {
  try {
    writeSync(fd, `${process.pid}\n`);
  } catch (error) {
    if (!isPassing(error)) throw error;
  }
}
