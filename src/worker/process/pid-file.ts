import { closeSync, ftruncateSync, readFileSync, unlinkSync, writeSync } from "node:fs";
import { systemReason } from "../../config/read/read-file.ts";
import type { Log } from "../../log.ts";
import { openForWriting, refuseForeign } from "../../open-file.ts";
import { isWorkerProcess } from "./worker-process.ts";

/** The pid file cannot be taken. The message says why, and what to do. */
export class PidFileError extends Error {
  override readonly name = "PidFileError";
}

const HINT = " (the worker's user must be able to write to its folder)";

/** Writes the pid file as the C worker does, as one line. Refuses while the worker named in it lives. */
export function takePidFile(path: string, log: Log): Disposable {
  orPidFileError(path, () => refuseForeign(path));
  const other = readPid(path);
  if (other !== undefined && other !== process.pid) {
    if (isWorkerProcess(other))
      throw new PidFileError(`pidfile already exists, cannot start! ${path} names process ${other}`);
    log.info("removed stale pidfile");
  }
  orPidFileError(path, () => writePid(path));
  return {
    [Symbol.dispose]() {
      // Another worker may have taken over the file in the meantime.
      if (readPid(path) === process.pid) unlinkSync(path);
    },
  };
}

function writePid(path: string): void {
  const fd = openForWriting(path);
  try {
    ftruncateSync(fd);
    writeSync(fd, `${process.pid}\n`);
  } finally {
    closeSync(fd);
  }
}

function orPidFileError(path: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    const hint = error instanceof Error && "errno" in error ? HINT : "";
    throw new PidFileError(`cannot write pidfile ${path}: ${systemReason(error)}${hint}`);
  }
}

function readPid(path: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(path, "latin1"), 10);
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
