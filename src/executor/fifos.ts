import { execFile, execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";

/** The named pipes of one shell: `command` takes lines, `stdout` and `stderr` are its plugins'. */
export interface FifoSet {
  readonly command: string;
  readonly stdout: string;
  readonly stderr: string;
}

const NAME = "omd-worker-";
/** Before the name of a directory nobody reads the status pipe of yet. */
const UNFINISHED = "unfinished-";
const FINISHED = new RegExp(`^${NAME}[0-9]+-`);
const STATUS = "status";
const SPARE_SETS = 8;
const FOR_OWNER = ["-m", "600"];
const run = promisify(execFile);

/**
 * A private directory with the named pipes of all shells.
 *
 * Node can neither make a pipe nor hand one over to a process that runs already; a named pipe can be opened
 * by its path from both sides, is bounded by the kernel whatever a plugin prints, and tells by end-of-file that
 * no process holds its other end any more. It needs a writable directory, but no space in it.
 *
 * The directory is a living worker's as long as somebody reads its status pipe. See decisions/001.
 */
export class FifoDirectory {
  readonly path: string;
  /** Of the pipe on which return codes are told. */
  readonly statusPath: string;
  readonly #statusFd: number;
  readonly #spares: FifoSet[] = [];
  #made = 0;
  #wanted = 0;
  #preparing: Promise<void> | undefined;

  constructor(candidates: readonly string[] = ["/dev/shm", tmpdir(), "/run", "."]) {
    const unfinished = makeUnfinished(candidates);
    this.#statusFd = makeStatus(unfinished);
    this.path = finish(unfinished);
    this.statusPath = join(this.path, STATUS);
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

  remove(set: FifoSet): void {
    for (const path of Object.values(set)) rmSync(path, { force: true });
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
    closeFifo(this.#statusFd);
  }

  async #make(paths: readonly string[]): Promise<void> {
    try {
      await run("mkfifo", [...FOR_OWNER, ...paths]);
    } catch (error) {
      throw cannotMake(this.path, error);
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

function makeUnfinished(candidates: readonly string[]): string {
  for (const parent of candidates) {
    try {
      return mkdtempSync(join(parent, `${UNFINISHED}${NAME}${process.pid}-`));
    } catch {
      // not here
    }
  }
  throw new Error(
    `no writable directory for the pipes of plugins among ${candidates.join(", ")}: set TMPDIR`,
  );
}

/** Makes the status pipe and reads it from now on. */
function makeStatus(directory: string): number {
  try {
    const path = join(directory, STATUS);
    execFileSync("mkfifo", [...FOR_OWNER, path], { stdio: "pipe" });
    return openFifo(path, "read");
  } catch (error) {
    rmSync(directory, { recursive: true });
    throw cannotMake(directory, error);
  }
}

/** Gives it the name by which other workers know what may be a leftover: from here on its status pipe is read. */
function finish(unfinished: string): string {
  const path = join(dirname(unfinished), basename(unfinished).slice(UNFINISHED.length));
  renameSync(unfinished, path);
  return path;
}

function cannotMake(directory: string, error: unknown): Error {
  const [what] = error instanceof Error ? (/^mkfifo: .*$/m.exec(error.message) ?? [error.message]) : [];
  return new Error(`cannot make the pipes of plugins in ${directory}: ${what}`, { cause: error });
}

/** A worker that was killed with KILL could not tidy up. */
function removeLeftovers(parent: string): void {
  for (const entry of entriesOf(parent)) {
    const path = join(parent, entry);
    if (!FINISHED.test(entry) || !isAbandoned(path)) continue;
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

/**
 * Nobody reads its status pipe, or it has none any more. Process ids tell nothing: containers may share the directory but not
 * the ids, and the next worker of a container often has the id of the last.
 */
function isAbandoned(directory: string): boolean {
  try {
    closeSync(openSync(join(directory, STATUS), constants.O_WRONLY | constants.O_NONBLOCK));
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && NOBODY_READS.includes(error.code);
  }
}

/** Anything else, such as no descriptors left, tells nothing. */
const NOBODY_READS: readonly unknown[] = ["ENXIO", "ENOENT"];
