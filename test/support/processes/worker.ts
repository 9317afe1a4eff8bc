import { chownSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { vi } from "vitest";
import { createMark, leftBehind, type Mark, pipeDirectories } from "./leftovers.ts";

export type ProgramName = "omd-worker" | "mod_gearman_worker";

export interface WorkerOptions {
  readonly program?: ProgramName;
  readonly env?: Readonly<Record<string, string>>;
  /** The words of a program that becomes the worker, as `prlimit --nofile=256`. */
  readonly under?: readonly string[];
  /** The user of the worker, if `under` changes it: the folder is given to that user. */
  readonly owner?: number;
}

export interface Ended {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** How long something may take before a test fails; nothing ever waits for it to pass. */
const PATIENCE = { timeout: 30_000, interval: 20 };
const END_WITHIN_MS = 15_000;
/** `npm run package` runs some tests with what it has built. */
const IS_BUILT = process.env["OMD_TEST_BUILD"] === "yes";
const PROGRAMS = join(import.meta.dirname, "../../..", IS_BUILT ? "dist/src/cli" : "src/cli");
const SUFFIX = IS_BUILT ? "js" : "ts";

/** Runs one of our programs to its end, with no terminal and nothing on stdin. */
export async function runProgram(
  program: ProgramName,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  under: readonly string[] = [],
): Promise<Ended> {
  const { exitCode, stdout, stderr } = await start(program, args, { env, under });
  return { exitCode, stdout, stderr };
}

/**
 * Starts a worker in a process of its own and waits until it logs. When the test leaves the scope, the worker
 * gets a TERM. It is an error if a shell, a plugin or a directory of the worker is left after that. `args`
 * come last, so they override the options that every test needs.
 */
export async function startWorker(
  ports: readonly number[],
  args: readonly string[] = [],
  { program = "omd-worker", env = {}, under = [], owner }: WorkerOptions = {},
): Promise<RunningWorker> {
  const folder = mkdtempSync(join(tmpdir(), "omd-worker-test-"));
  const servers = ports.map((port) => `server=127.0.0.1:${port}`);
  if (owner !== undefined) chownSync(folder, owner, owner);
  const mark = createMark();
  // Several workers of this host's name run at a time, and only one can have the socket of that name.
  const own = ["encryption=no", "debug=1", "control_socket=no", `logfile=${folder}/worker.log`];
  const all = [...servers, ...own, ...args];
  const worker = new RunningWorker(
    start(program, all, { env: { ...env, ...mark.env }, under }),
    mark,
    folder,
  );
  try {
    await worker.logged("started with pid");
  } catch (error) {
    const { exitCode, stderr } = await worker.kill9();
    await worker[Symbol.asyncDispose]();
    throw new Error(`the worker does not start (${exitCode}): ${stderr}`, { cause: error });
  }
  return worker;
}

export class RunningWorker implements AsyncDisposable {
  readonly pid: number;
  /** A folder for files of the test. It is removed with the worker. */
  readonly folder: string;
  readonly mark: Mark;
  readonly ended: Promise<Ended>;
  #hasEnded = false;
  #wasKilled = false;

  constructor(child: Child, mark: Mark, folder: string) {
    this.pid = child.pid ?? 0;
    this.folder = folder;
    this.mark = mark;
    this.ended = child.then(({ exitCode, stdout, stderr }) => {
      this.#hasEnded = true;
      return { exitCode, stdout, stderr };
    });
  }

  get log(): string {
    try {
      return readFileSync(join(this.folder, "worker.log"), "utf8");
    } catch {
      return "";
    }
  }

  /** The lines of the log with this text. */
  linesWith(text: string): readonly string[] {
    return this.log.split("\n").filter((line) => line.includes(text));
  }

  /** Resolves when the log has so many lines with this text. */
  async logged(text: string, times = 1): Promise<void> {
    const found = () => this.linesWith(text).length;
    await vi.waitFor(() => {
      if (found() >= times || this.#hasEnded) return;
      throw new Error(`${found()} lines with '${text}' in the log:\n${this.#lastWords()}`);
    }, PATIENCE);
    if (found() < times) throw new Error(`the worker has ended without logging '${text}'`);
  }

  signal(name: NodeJS.Signals): void {
    process.kill(this.pid, name);
  }

  /** Waits for `ended`. If that takes too long, the error has the end of the log. */
  async untilEnded(): Promise<Ended> {
    await vi.waitFor(() => {
      if (!this.#hasEnded) throw new Error(`the worker does not end:\n${this.#lastWords()}`);
    }, PATIENCE);
    return this.ended;
  }

  /** Sends TERM and waits until the process has ended. */
  terminate(): Promise<Ended> {
    this.signal("SIGTERM");
    return this.untilEnded();
  }

  /** Ends the worker as a crash does: it cannot clean up. */
  kill9(): Promise<Ended> {
    this.#wasKilled = true;
    if (!this.#hasEnded) this.signal("SIGKILL");
    return this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const problems = this.#hasEnded || (await this.#end()) ? [] : ["the worker did not end, it was killed"];
    const left = await leftBehind(() => [
      ...this.mark.processes().map(({ pid, commandLine }) => `process ${pid}: ${commandLine}`),
      ...(this.#wasKilled ? [] : pipeDirectories(this.pid)),
    ]);
    this.mark.kill();
    rmSync(this.folder, { recursive: true, force: true });
    problems.push(...left.map((each) => `left by the worker: ${each}`));
    if (problems.length > 0) throw new Error(problems.join("\n"));
  }

  /**
   * Sends a second TERM, as the first one waits for checks that still run. Returns false if KILL was needed.
   */
  async #end(): Promise<boolean> {
    this.signal("SIGTERM");
    await Promise.race([this.ended, this.#saidItEnds()]);
    if (!this.#hasEnded) this.signal("SIGTERM");
    const timer = setTimeout(() => this.kill9(), END_WITHIN_MS);
    await this.ended;
    clearTimeout(timer);
    return !this.#wasKilled;
  }

  async #saidItEnds(): Promise<void> {
    await this.logged("got SIGTERM").catch(() => undefined);
  }

  #lastWords(): string {
    return this.log.slice(-2_000);
  }
}

type Child = ReturnType<typeof start>;

function start(
  program: ProgramName,
  args: readonly string[],
  { env, under }: Required<Pick<WorkerOptions, "env" | "under">>,
) {
  const [first = "", ...words] = [
    ...under,
    process.execPath,
    join(PROGRAMS, `${program}.${SUFFIX}`),
    ...args,
  ];
  return execa(first, words, {
    env: { ...env },
    reject: false,
    stdin: "ignore",
  });
}
