import { execFile, execFileSync } from "node:child_process";
import {
  chmodSync,
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
import { errorCode } from "../error-text.ts";
import { isOurs } from "../open-file.ts";
import { lackOf } from "../outcome/shortage.ts";

/**
 * The paths of a set of named pipes. A shell reads `command`. Plugins write to `stdout` and `stderr`.
 */
export interface PipePaths {
  readonly command: string;
  readonly stdout: string;
  readonly stderr: string;
}

const NAME = "omd-worker-";
/** The name of a directory begins with it until its status pipe is read. */
const UNFINISHED = "unfinished-";
const FINISHED = new RegExp(`^${NAME}[0-9]+-`);
const STATUS = "status";
const SPARE_SETS = 8;
const FOR_OWNER = ["-m", "600"];
const FOR_PLUGINS = 0o622;
const run = promisify(execFile);
const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = constants;

/**
 * A private directory with the named pipes of all shells and warm interpreters.
 *
 * Node can neither make a pipe nor give one to a process that already runs. A named pipe can be opened by its
 * path from both sides. The kernel limits what it holds, however much a plugin prints. End-of-file tells that
 * no process has its other end open any more. It needs a writable directory, but no space in it.
 *
 * While a process reads the status pipe of the directory, the directory belongs to a living worker. See
 * decisions/001.
 */
export class PipeDirectory {
  readonly path: string;
  /** The path of the pipe on which return codes are told. */
  readonly statusPath: string;
  readonly #owner: number;
  #statusFd: number;
  readonly #spares: PipePaths[] = [];
  #made = 0;
  #wanted = 0;
  #preparing: Promise<void> | undefined;
  #isDisposed = false;

  constructor(candidates: readonly string[] = ["/dev/shm", tmpdir(), "/run", "."]) {
    const { unfinished, statusFd } = makeUnfinished(candidates);
    this.#statusFd = statusFd;
    this.path = finish(unfinished);
    this.#owner = statSync(this.path).uid;
    this.statusPath = join(this.path, STATUS);
    removeLeftovers(dirname(this.path));
  }

  /** Makes this many sets of pipes, and some spare ones, with one process. */
  async prepare(sets: number): Promise<void> {
    const made = Array.from({ length: sets + SPARE_SETS }, () => this.#name());
    await this.#make(made.flatMap((set) => Object.values(set)));
    this.#spares.push(...made);
  }

  /** Gives a new set of pipes. If none is left, all sets that are asked for in one turn are made together. */
  async take(): Promise<PipePaths> {
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

  /** False: the pipes were removed. logind does so with all files of a user in /dev/shm (RemoveIPC). */
  has({ stdout, stderr }: PipePaths): boolean {
    return existsSync(stdout) && existsSync(stderr);
  }

  /**
   * Lets a plugin of another user open its streams again, as `echo >/dev/stderr` does. The directory keeps
   * all others away.
   */
  share({ stdout, stderr }: PipePaths): void {
    chmodSync(stdout, FOR_PLUGINS);
    chmodSync(stderr, FOR_PLUGINS);
  }

  /** What the disk does not let go of stays until the worker ends: that is no reason to end. */
  remove(set: PipePaths): void {
    for (const path of Object.values(set)) {
      try {
        rmSync(path, { force: true });
      } catch {}
    }
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    rmSync(this.path, { recursive: true, force: true });
    closePipe(this.#statusFd);
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

  /** Makes the directory again if it was removed. A directory of another user in its place is an error. */
  #restore(): void {
    const owner = lstatSync(this.path, { throwIfNoEntry: false })?.uid;
    if (owner === this.#owner || this.#isDisposed) return;
    mkdirSync(this.path, { mode: 0o700 });
    const statusFd = makeStatus(this.path);
    closePipe(this.#statusFd);
    this.#statusFd = statusFd;
  }

  #name(): PipePaths {
    this.#made += 1;
    const base = join(this.path, String(this.#made));
    return { command: `${base}c`, stdout: `${base}o`, stderr: `${base}e` };
  }
}

/** Opens a named pipe, and never blocks. */
export function openPipe(path: string, end: "read" | "both"): number {
  return openSync(path, O_NONBLOCK | (end === "read" ? O_RDONLY : O_RDWR));
}

export function closePipe(fd: number): void {
  closeSync(fd);
}

interface Unfinished {
  readonly unfinished: string;
  readonly statusFd: number;
}

/** Makes the directory and its status pipe in the first place that is writable and has room for them. */
function makeUnfinished(candidates: readonly string[]): Unfinished {
  const reasons: Error[] = [];
  for (const parent of candidates) {
    const unfinished = makeDirectory(parent);
    if (unfinished === undefined) continue;
    try {
      return { unfinished, statusFd: makeStatus(unfinished) };
    } catch (error) {
      if (lackOf(error) === undefined || !(error instanceof Error)) throw error;
      reasons.push(error);
    }
  }
  const why = reasons.map(({ message }) => `: ${message}`).join("");
  throw new Error(
    `no writable directory for the pipes of plugins among ${candidates.join(", ")}: set TMPDIR${why}`,
  );
}

/** Undefined: the place is not writable. */
function makeDirectory(parent: string): string | undefined {
  try {
    return mkdtempSync(join(parent, `${UNFINISHED}${NAME}${process.pid}-`));
  } catch {
    return undefined;
  }
}

/** Makes the status pipe, and opens it for reading. */
function makeStatus(directory: string): number {
  try {
    const path = join(directory, STATUS);
    execFileSync("mkfifo", [...FOR_OWNER, path], { stdio: "pipe" });
    return openPipe(path, "read");
  } catch (error) {
    rmSync(directory, { recursive: true });
    throw cannotMake(directory, error);
  }
}

/** Gives the directory its final name, by which workers find leftovers. Its status pipe is read now. */
function finish(unfinished: string): string {
  const path = join(dirname(unfinished), basename(unfinished).slice(UNFINISHED.length));
  renameSync(unfinished, path);
  return path;
}

function cannotMake(directory: string, error: unknown): Error {
  const [what] = error instanceof Error ? (/^mkfifo: .*$/m.exec(error.message) ?? [error.message]) : [];
  return new Error(`cannot make the pipes of plugins in ${directory}: ${what}`, { cause: error });
}

/** Removes directories of workers that were killed with KILL, and so could not remove them. */
function removeLeftovers(parent: string): void {
  for (const entry of entriesOf(parent)) {
    const path = join(parent, entry);
    if (!FINISHED.test(entry) || !isOurFolder(path) || !isAbandoned(path)) continue;
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // another worker removes it
    }
  }
}

function entriesOf(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return []; // files can be made in this directory, but not listed
  }
}

/**
 * Every user can make a folder of such a name in /dev/shm, and links to devices and files in it. What is in a
 * folder of our own is made by us.
 */
function isOurFolder(path: string): boolean {
  try {
    const found = lstatSync(path);
    return found.isDirectory() && isOurs(found);
  } catch {
    return false;
  }
}

/**
 * Whether no process reads the status pipe of the directory, or the pipe does not exist. Process ids tell
 * nothing: containers may share the directory but not the ids, and the next worker of a container often has
 * the id of the last one.
 */
function isAbandoned(directory: string): boolean {
  try {
    closeSync(openSync(join(directory, STATUS), O_WRONLY | O_NONBLOCK | O_NOFOLLOW));
    return false;
  } catch (error) {
    return NO_READER_CODES.includes(errorCode(error));
  }
}

/** Other errors, for example that no descriptors are left, tell nothing about the pipe. */
const NO_READER_CODES: readonly unknown[] = ["ENXIO", "ENOENT"];
