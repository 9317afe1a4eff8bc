import { spawn } from "node:child_process";
import { appendFileSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Cage, openCage } from "./cage.ts";
import { pssMiB } from "./process-tree.ts";

const TERM_PATIENCE_MS = 5_000;
const KILL_PATIENCE_MS = 2_000;
const POLL_MS = 20;
const LOG_LENGTH = 600;

export interface Memory {
  readonly pssMiB: number;
  readonly processes: number;
}

/**
 * A worker under test with all it starts. It has a session of its own: a worker may signal its whole process group
 * when it ends. Disposing of it sends TERM, waits, and then kills what is left.
 */
export class RunningWorker {
  readonly #cage: Cage = openCage(`bench-${process.pid}-${performance.now().toFixed(0)}`);
  readonly #folder = mkdtempSync(join(tmpdir(), "bench-"));
  readonly #pid: number;
  readonly #end = new AbortController();

  constructor(command: readonly string[]) {
    const [file = "", ...args] = this.#cage.enter(command);
    const log = openSync(this.#logFile, "a");
    const child = spawn(file, args, { detached: true, stdio: ["ignore", log, log] });
    child.once("error", (error) => appendFileSync(this.#logFile, error.message));
    child.once("exit", () => this.#end.abort());
    closeSync(log);
    this.#pid = child.pid ?? 0;
  }

  get how(): Cage["how"] {
    return this.#cage.how;
  }

  /** Aborted when the worker ends by itself. */
  get ended(): AbortSignal {
    return this.#end.signal;
  }

  get cpuMs(): number {
    return this.#cage.cpuMs(this.#pid);
  }

  get peakMiB(): number | undefined {
    return this.#cage.peakMiB();
  }

  /** The beginning of what it printed, for an error. */
  get log(): string {
    return readFileSync(this.#logFile, "latin1").slice(0, LOG_LENGTH).trim();
  }

  memory(): Memory {
    const pids = this.#cage.pids(this.#pid);
    return { pssMiB: pssMiB(pids), processes: pids.length };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    signalAll([this.#pid], "SIGTERM");
    if (!(await this.#hasEnded(TERM_PATIENCE_MS))) {
      signalAll(this.#cage.pids(this.#pid), "SIGKILL");
      await this.#hasEnded(KILL_PATIENCE_MS);
    }
    this.#cage.remove();
    rmSync(this.#folder, { recursive: true });
  }

  get #logFile(): string {
    return join(this.#folder, "log");
  }

  async #hasEnded(patienceMs: number): Promise<boolean> {
    for (const end = performance.now() + patienceMs; performance.now() < end; await pause(POLL_MS)) {
      if (this.#cage.pids(this.#pid).length === 0) return true;
    }
    return false;
  }
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended meanwhile.
    }
  }
}
