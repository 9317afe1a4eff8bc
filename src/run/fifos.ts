import { execFile } from "node:child_process";
import { closeSync, constants, existsSync, mkdtempSync, openSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

/** The named pipes of one shell: `command` takes lines, `stdout` and `stderr` are its plugins'. */
export interface FifoSet {
  readonly command: string;
  readonly stdout: string;
  readonly stderr: string;
}

const NAME = "omd-worker-";
const STATUS = "status";
const LEFTOVER = new RegExp(`^${NAME}([0-9]+)-`);
const SPARE_SETS = 8;
const run = promisify(execFile);

/**
 * A private directory with the named pipes of all shells.
 *
 * Node can neither make a pipe nor hand one over to a process that runs already; a named pipe can be opened
 * by its path from both sides, is bounded by the kernel whatever a plugin prints, and tells by end-of-file that
 * no process holds its other end any more. It needs a writable directory, but no space in it.
 */
export class FifoDirectory {
  readonly path: string;
  readonly #spares: FifoSet[] = [];
  #made = 0;
  #wanted = 0;
  #preparing: Promise<void> | undefined;

  constructor(candidates: readonly string[] = ["/dev/shm", tmpdir(), "/run", "."]) {
    this.path = makeDirectory(candidates);
    removeLeftovers(dirname(this.path));
  }

  /** Makes pipes for so many `sets` ahead of need, and a few more, with one process. */
  async prepare(sets: number): Promise<void> {
    const made = Array.from({ length: sets + SPARE_SETS }, () => this.#name());
    await this.#make(made.flatMap((set) => Object.values(set)));
    this.#spares.push(...made);
  }

  /** A set nobody has used yet. Those that are wanted in one turn and are not there are made together. */
  async take(): Promise<FifoSet> {
    this.#wanted += 1;
    try {
      while (this.#spares.length === 0) {
        this.#preparing ??= Promise.resolve()
          .then(() => this.prepare(this.#wanted))
          .finally(() => {
            this.#preparing = undefined;
          });
        await this.#preparing;
      }
    } finally {
      this.#wanted -= 1;
    }
    return this.#spares.pop() ?? this.take();
  }

  async makeStatus(): Promise<string> {
    const path = join(this.path, STATUS);
    await this.#make([path]);
    return path;
  }

  remove(set: FifoSet): void {
    for (const path of Object.values(set)) rmSync(path, { force: true });
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  async #make(paths: readonly string[]): Promise<void> {
    try {
      await run("mkfifo", ["-m", "600", ...paths]);
    } catch (error) {
      const [what] = error instanceof Error ? (/^mkfifo: .*$/m.exec(error.message) ?? [error.message]) : [];
      throw new Error(`cannot make the pipes of plugins in ${this.path}: ${what}`, { cause: error });
    }
  }

  #name(): FifoSet {
    this.#made += 1;
    const base = join(this.path, String(this.#made));
    return { command: `${base}c`, stdout: `${base}o`, stderr: `${base}e` };
  }
}

/** Opens the end of a named pipe that Node keeps; never blocks. */
export function openFifo(path: string, end: "read" | "both"): number {
  return openSync(path, constants.O_NONBLOCK | (end === "read" ? constants.O_RDONLY : constants.O_RDWR));
}

export function closeFifo(fd: number): void {
  closeSync(fd);
}

function makeDirectory(candidates: readonly string[]): string {
  for (const parent of candidates) {
    try {
      return mkdtempSync(join(parent, `${NAME}${process.pid}-`));
    } catch {
      // not here
    }
  }
  throw new Error(
    `no writable directory for the pipes of plugins among ${candidates.join(", ")}: set TMPDIR`,
  );
}

/** A worker that was killed with KILL could not tidy up: its directory names its process. */
function removeLeftovers(parent: string): void {
  for (const entry of entriesOf(parent)) {
    const [, pid] = LEFTOVER.exec(entry) ?? [];
    const path = join(parent, entry);
    if (pid === undefined || isRunning(pid) || isRead(join(path, STATUS))) continue;
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // another user's
    }
  }
}

function entriesOf(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return []; // one can make files in it, but not list them
  }
}

function isRunning(pid: string): boolean {
  return existsSync(`/proc/${pid}`);
}

/** Containers may share a directory, but not see each other's processes: a worker that lives reads this pipe. */
function isRead(status: string): boolean {
  try {
    closeSync(openSync(status, constants.O_WRONLY | constants.O_NONBLOCK));
    return true;
  } catch {
    return false;
  }
}
