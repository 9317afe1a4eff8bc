import { execFile, execFileSync } from "node:child_process";
import {
  closeSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
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
  readonly #owner: number;
  #statusFd: number;
  readonly #spares: FifoSet[] = [];
  #made = 0;
  #wanted = 0;
  #preparing: Promise<void> | undefined;
  #isDisposed = false;

  constructor(candidates: readonly string[] = ["/dev/shm", tmpdir(), "/run", "."]) {
    const unfinished = makeUnfinished(candidates);
    this.#statusFd = makeStatus(unfinished);
    this.path = finish(unfinished);
    this.#owner = statSync(this.path).uid;
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
      for (;;) {
        const spare = this.#spares.pop();
        if (spare !== undefined && this.has(spare)) return spare;
        if (spare === undefined) await this.#prepareForAll();
      }
    } finally {
      this.#wanted -= 1;
    }
  }

  /** False when somebody has removed them, as logind does with all a user has in /dev/shm (RemoveIPC). */
  has({ stdout, stderr }: FifoSet): boolean {
    return existsSync(stdout) && existsSync(stderr);
  }

  remove(set: FifoSet): void {
    for (const path of Object.values(set)) rmSync(path, { force: true });
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    rmSync(this.path, { recursive: true, force: true });
    closeFifo(this.#statusFd);
  }

  #prepareForAll(): Promise<void> {
    this.#preparing ??= Promise.resolve()
      .then(() => this.prepare(this.#wanted))
      .finally(() => {
        this.#preparing = undefined;
      });
    return this.#preparing;
  }

  async #make(paths: readonly string[]): Promise<void> {
    try {
      this.#restore();
      await run("mkfifo", [...FOR_OWNER, ...paths]);
    } catch (error) {
      throw cannotMake(this.path, error);
    }
  }

  /** Makes the directory again if it was removed; one that somebody else has put in its place is an error. */
  #restore(): void {
    const owner = lstatSync(this.path, { throwIfNoEntry: false })?.uid;
    if (owner === this.#owner || this.#isDisposed) return;
    mkdirSync(this.path, { mode: 0o700 });
    const statusFd = makeStatus(this.path);
    closeFifo(this.#statusFd);
    this.#statusFd = statusFd;
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
