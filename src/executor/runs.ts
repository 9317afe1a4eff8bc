import type { Log } from "../log.ts";
import { crashed, type Outcome, type Output } from "../outcome.ts";
import { FifoDirectory, type FifoSet } from "./fifos.ts";
import { LARGEST_OUTPUT, type OutputPipe } from "./output-pipe.ts";
import { StatusPipe } from "./status-pipe.ts";

/** How often running plugins are looked at: time-outs, and output that could fill a pipe. */
const LOOK_MS = 25;
/** The longer a plugin is silent, the rarer the looks, up to this. */
const LONGEST_GAP_MS = 1_000;
/** A look that read this much comes again at once: the plugin may wait for room in its pipe. */
const FLOOD_BYTES = 4_096;
const READS_A_LOOK = 16;

/** Where a plugin runs: its number on the status pipe and its two streams. */
export interface Place {
  readonly id: number;
  readonly stdout: OutputPipe;
  readonly stderr: OutputPipe;
}

/** How a run ends. Exactly one of them is called, once. */
export interface Ending {
  /** Told its return code, and no process holds its streams any more. */
  readonly ended: (returnCode: number, output: Output) => void;
  readonly timeIsUp: (output: Output) => void;
  /** Nobody waits for its answer any more. */
  readonly isUnwanted: () => void;
}

export interface Limits {
  readonly deadlineMs: number;
  /** Aborted when nobody waits for the outcome any more; looked at as often as the clock. */
  readonly signal: AbortSignal | undefined;
}

/** One plugin under way. Times are `performance.now()`. */
interface Run extends Place, Limits {
  readonly ending: Ending;
  nextLookMs: number;
  lookGapMs: number;
  returnCode: number | undefined;
}

export interface RunsOptions {
  readonly log: Log;
  readonly directory?: FifoDirectory;
}

/**
 * The plugins under way, wherever they run, and the pipes they talk through.
 *
 * A run ends when its return code was told *and* no process holds its stdout or stderr any more, or at its deadline.
 * Both peers wait for a background child that keeps the output open, too.
 */
export class Runs {
  readonly directory: FifoDirectory;
  readonly #log: Log;
  readonly #runs = new Map<number, Run>();
  readonly #listeners = new Map<number, (word: string) => void>();
  #status: StatusPipe | undefined;
  #ids = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor({ log, directory = new FifoDirectory() }: RunsOptions) {
    this.#log = log;
    this.directory = directory;
  }

  /** Opens the status pipe; nothing runs before. */
  start(): void {
    this.#status = new StatusPipe(this.directory.statusPath, (id, word) => this.#hear(id, word));
  }

  /** Write end of the status pipe, for what runs plugins. */
  get statusFd(): number {
    if (this.#status === undefined) throw new Error("runs were not started");
    return this.#status.fd;
  }

  /** A number nobody else tells on the status pipe. */
  newId(): number {
    this.#ids += 1;
    return this.#ids;
  }

  /** Has `heard` called with all but return codes that `id` tells, until it is called without. */
  listen(id: number, heard?: (word: string) => void): void {
    if (heard === undefined) this.#listeners.delete(id);
    else this.#listeners.set(id, heard);
  }

  /** From now on `place` belongs to this run, until it ends or is dropped. */
  add({ id, stdout, stderr }: Place, { deadlineMs, signal }: Limits, ending: Ending): void {
    const nextLookMs = performance.now() + LOOK_MS;
    this.#runs.set(id, {
      ...{ id, stdout, stderr, ending, deadlineMs, signal, nextLookMs },
      lookGapMs: LOOK_MS,
      returnCode: undefined,
    });
    this.#timer ??= setTimeout(this.#wake, LOOK_MS);
  }

  /** Ends the run if it was told its return code and all output is there: the last look at a place that is gone. */
  finish(id: number): boolean {
    const run = this.#runs.get(id);
    return run !== undefined && this.#finish(run);
  }

  /** Forgets a run, which ends neither way then; gives what it has printed. Undefined: there is no such run. */
  drop(id: number): Output | undefined {
    const run = this.#runs.get(id);
    if (run === undefined) return undefined;
    this.#runs.delete(id);
    drain(run);
    return this.#takeOutput(run);
  }

  /** What such an end means if it has printed nothing because its pipes were removed: then it was not even started. */
  findLoss(fifos: FifoSet, returnCode: number, { stdout, stderr }: Output): Outcome | undefined {
    if (returnCode === 0 || stdout !== "" || stderr !== "" || this.directory.has(fifos)) return undefined;
    return crashed(`the pipes of plugins were removed from ${this.directory.path}`);
  }

  /** To be called when everything that ran is gone. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#status?.close();
    this.directory[Symbol.dispose]();
  }

  #hear(id: number, word: string): void {
    const isReturnCode = word >= "0" && word < ":"; // begins with a digit
    if (isReturnCode) this.#told(id, Number(word));
    else this.#listeners.get(id)?.(word);
  }

  /** A plugin has ended; its output may not have. */
  #told(id: number, returnCode: number): void {
    const run = this.#runs.get(id);
    if (run === undefined) return;
    run.returnCode = returnCode;
    if (this.#finish(run)) return;
    run.lookGapMs = LOOK_MS;
    run.nextLookMs = 0;
  }

  #finish(run: Run): boolean {
    if (run.returnCode === undefined || !drain(run)) return false;
    this.#runs.delete(run.id);
    run.ending.ended(run.returnCode, this.#takeOutput(run));
    return true;
  }

  #takeOutput({ stdout, stderr }: Run): Output {
    const dropped = stdout.dropped + stderr.dropped;
    if (dropped > 0)
      this.#log.warn({ dropped }, `plugin output exceeds ${LARGEST_OUTPUT} bytes, cutting off`);
    return { stdout: stdout.take(), stderr: stderr.take() };
  }

  /** What was told while the event loop was held up is heard before the clock is looked at. */
  readonly #wake = (): void => void setImmediate(this.#look);

  /** Looks after runs that are not quick: drains their pipes, and ends those whose time is up. */
  readonly #look = (): void => {
    const now = performance.now();
    let nextMs = LOOK_MS;
    for (const run of this.#runs.values()) {
      if (now >= run.deadlineMs) this.#timeOut(run);
      else if (run.signal?.aborted) this.#forget(run);
      else if (now >= run.nextLookMs && this.#lookAt(run, now)) nextMs = 1;
    }
    this.#timer = this.#runs.size > 0 ? setTimeout(this.#wake, nextMs) : undefined;
  };

  /** True when the plugin floods its pipe and should be looked at again at once. */
  #lookAt(run: Run, now: number): boolean {
    if (this.#finish(run)) return false;
    const before = bytesRead(run);
    drain(run);
    const bytes = bytesRead(run) - before;
    const isFlooding = bytes >= FLOOD_BYTES;
    run.lookGapMs =
      bytes > 0 || run.returnCode !== undefined ? LOOK_MS : Math.min(run.lookGapMs * 2, LONGEST_GAP_MS);
    run.nextLookMs = isFlooding ? now : now + run.lookGapMs;
    return isFlooding;
  }

  #timeOut(run: Run): void {
    const output = this.drop(run.id);
    if (output !== undefined) run.ending.timeIsUp(output);
  }

  #forget(run: Run): void {
    this.drop(run.id);
    run.ending.isUnwanted();
  }
}

/** Reads what both pipes hold, within bounds; true when no process has them open any more. */
function drain({ stdout, stderr }: Place): boolean {
  const state = stdout.drain(READS_A_LOOK);
  return stderr.drain(READS_A_LOOK) === "end" && state === "end";
}

function bytesRead({ stdout, stderr }: Place): number {
  return stdout.bytesRead + stderr.bytesRead;
}
