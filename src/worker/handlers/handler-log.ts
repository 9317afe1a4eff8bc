import { closeSync, fstatSync, renameSync, writeSync } from "node:fs";
import { type HandlerRun, renderRun } from "../../handlers/handler-run.ts";
import { rotatedName } from "../../handlers/read-runs.ts";
import { openForWriting } from "../../open-file.ts";
import type { LogThrottle } from "../log-throttle.ts";

export interface LogSettings {
  readonly eventhandlerLog: string | undefined;
  /** In MiB; 0: it is not renamed. */
  readonly eventhandlerLogSize: number;
}

const MIB = 1_048_576;

/**
 * Adds a line for each event handler to the file eventhandler_log. There are few of them, so the file is
 * opened for each: it may be renamed, removed or truncated at any time. A line is one write at the end of
 * the file, so several workers may share it.
 */
export class HandlerLog {
  readonly #throttle: Pick<LogThrottle, "error">;
  #path: string | undefined;
  #maxBytes = 0;
  /** A full disk has cut off the last line. */
  #isTorn = false;

  constructor(throttle: Pick<LogThrottle, "error">) {
    this.#throttle = throttle;
  }

  /** Opens the file, to tell at once if that cannot be done. */
  configure({ eventhandlerLog: path, eventhandlerLogSize: size }: LogSettings): void {
    this.#path = path;
    this.#maxBytes = size === 0 ? Number.POSITIVE_INFINITY : size * MIB;
    this.#open(() => {});
  }

  write(run: HandlerRun): void {
    const line = Buffer.from(renderRun(run), "utf8");
    this.#makeRoom(line.length);
    this.#open((fd) => {
      const bytes = this.#isTorn ? Buffer.concat([Buffer.from("\n"), line]) : line;
      this.#isTorn = true;
      const written = writeSync(fd, bytes);
      if (written < bytes.length) throw new Error(`only ${written} of ${bytes.length} bytes were written`);
      this.#isTorn = false;
    });
  }

  #makeRoom(more: number): void {
    this.#open((fd, path) => {
      const { size } = fstatSync(fd);
      if (size > 0 && size + more > this.#maxBytes) renameSync(path, rotatedName(path));
    });
  }

  #open(use: (fd: number, path: string) => void): void {
    const path = this.#path;
    if (path === undefined) return;
    try {
      const fd = openForWriting(path);
      try {
        use(fd, path);
      } finally {
        closeSync(fd);
      }
    } catch (error) {
      this.#throttle.error("eventhandler_log", { err: error }, `cannot write eventhandler_log=${path}`);
    }
  }
}
