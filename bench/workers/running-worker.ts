import { spawn } from "node:child_process";
import { appendFileSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createMark } from "../../test/support/processes/leftovers.ts";
import { type Cage, openCage } from "../processes/cage.ts";
import { pssMiB } from "../processes/process-tree.ts";
import { LOOP_DELAY_FILE, type LoopDelay, readLoopDelay } from "./loop-delay.ts";

const TERM_PATIENCE_MS = 5_000;
const KILL_PATIENCE_MS = 2_000;
const POLL_MS = 20;
const LOG_LENGTH = 600;

export interface Memory {
  readonly pssMiB: number;
  readonly processes: number;
}

/**
 * A worker under test, with every process it starts. It has a session of its own, because a worker may signal
 * its whole process group when it ends. Disposing of it sends TERM, waits, and then kills what is left.
 */
export class RunningWorker {
  readonly #cage: Cage = openCage(`bench-${process.pid}-${performance.now().toFixed(0)}`);
  /** Finds processes that have left both the cage and the session. */
  readonly #mark = createMark();
  readonly #folder = mkdtempSync(join(tmpdir(), "bench-"));
  readonly #pid: number;
  readonly #end = new AbortController();

  constructor(command: readonly string[]) {
    const [file = "", ...args] = this.#cage.enter(command);
    const log = openSync(this.#logFile, "a");
    const env = { ...process.env, ...this.#mark.env, [LOOP_DELAY_FILE]: this.#loopDelayFile };
    const child = spawn(file, args, { detached: true, env, stdio: ["ignore", log, log] });
    child.once("error", (error) => appendFileSync(this.#logFile, error.message));
    child.once("exit", () => this.#end.abort());
    closeSync(log);
    this.#pid = child.pid ?? 0;
  }

  get how(): Cage["how"] {
    return this.#cage.how;
  }

  /** Aborted when the worker ends. */
  get ended(): AbortSignal {
    return this.#end.signal;
  }

  /** Of the worker itself. */
  get pid(): number {
    return this.#pid;
  }

  get pids(): readonly number[] {
    return this.#cage.pids(this.#pid);
  }

  get cpuMs(): number {
    return this.#cage.cpuMs(this.#pid);
  }

  get peakMiB(): number | undefined {
    return this.#cage.peakMiB();
  }

  /** The beginning of what the worker printed, for an error. */
  get log(): string {
    return readFileSync(this.#logFile, "latin1").slice(0, LOG_LENGTH).trim();
  }

  /** How late the event loop was. Only our own worker records it, and only on lines that ask for it. */
  get loopDelay(): LoopDelay | undefined {
    return readLoopDelay(this.#loopDelayFile);
  }

  memory(): Memory {
    const { pids } = this;
    return { pssMiB: pssMiB(pids), processes: pids.length };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    signalAll([this.#pid], "SIGTERM");
    if (!(await this.#hasEnded(TERM_PATIENCE_MS))) {
      signalAll(this.pids, "SIGKILL");
      await this.#hasEnded(KILL_PATIENCE_MS);
    }
    signalAll(
      this.#mark.processes().map(({ pid }) => pid),
      "SIGKILL",
    );
    // An empty cgroup that cannot be removed costs nothing.
    await until(() => this.#cage.remove(), KILL_PATIENCE_MS);
    rmSync(this.#folder, { recursive: true });
  }

  get #loopDelayFile(): string {
    return join(this.#folder, "loop-delay");
  }

  get #logFile(): string {
    return join(this.#folder, "log");
  }

  #hasEnded(patienceMs: number): Promise<boolean> {
    return until(() => this.pids.length === 0, patienceMs);
  }
}

async function until(isSo: () => boolean, patienceMs: number): Promise<boolean> {
  for (const end = performance.now() + patienceMs; performance.now() < end; await pause(POLL_MS)) {
    if (isSo()) return true;
  }
  return false;
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // The process has ended meanwhile.
    }
  }
}
