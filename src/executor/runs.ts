import type { Log } from "../log.ts";
import { crashed, MAX_OUTPUT, type Outcome, type Output } from "../outcome/outcome.ts";
import type { Command } from "./command.ts";
import { PipeDirectory, type PipePaths } from "./named-pipes.ts";
import type { OutputPipe } from "./output-pipe.ts";
import { FREE_BYTES, OutputRoom } from "./output-room.ts";
import { StatusPipe } from "./status-pipe.ts";

/** How often running plugins are looked at. A look finds time-outs, and output that could fill a pipe. */
const LOOK_MS = 25;
/** A plugin that prints nothing is looked at less and less often, at least this often. */
const MAX_LOOK_GAP_MS = 1_000;
/** After a look that has read this much the next one follows at once: the pipe may be full. */
const FLOOD_BYTES = 4_096;
const READS_A_LOOK = 16;
/** How long a run may wait for room beyond its own time: a job server that takes no results may be away. */
const MAX_WAIT_MS = 300_000;

/** The two streams of a plugin that runs. Its end is told on the status pipe under this number. */
export interface PluginStreams {
  readonly id: number;
  readonly stdout: OutputPipe;
  readonly stderr: OutputPipe;
}

/** How a run ends. Exactly one of these functions is called, once. */
export interface Ending {
  /** The return code was told, and no process has the streams open any more. */
  readonly ended: (returnCode: number, output: Output) => void;
  readonly timedOut: (output: Output) => void;
  /** The signal was aborted. */
  readonly cancelled: () => void;
}

export interface RunLimits {
  /** `performance.now()` */
  readonly deadlineMs: number;
  /** Cancels the run. It is looked at as often as the clock. */
  readonly signal: AbortSignal | undefined;
}

/** A command that is to be run, and the function that takes its outcome. */
export interface RunRequest<Requested extends Command> extends RunLimits {
  readonly command: Requested;
  /** In seconds. */
  readonly timeout: number;
  readonly resolve: (outcome: Outcome) => void;
}

/** A plugin that runs. Times are `performance.now()`. */
interface Run extends PluginStreams, Omit<RunLimits, "deadlineMs"> {
  readonly ending: Ending;
  deadlineMs: number;
  nextLookMs: number;
  lookGapMs: number;
  /** Undefined: it was not told yet. */
  returnCode: number | undefined;
  /** Bytes that take room. */
  longBytes: number;
  /** When it was refused room; undefined: it does not wait for any. */
  refusedMs: number | undefined;
  mayWaitMs: number;
}

export interface RunsOptions {
  readonly log: Log;
  readonly directory?: PipeDirectory;
  readonly room?: OutputRoom;
}

/**
 * All plugins that run, in shells and in warm interpreters, and the pipes to which they write.
 *
 * Life of a run: running → told its return code → ended. It ends when the return code was told *and* no
 * process has its stdout or stderr open any more, or at its deadline. The C and the Go worker also wait for a
 * child in the background that keeps the output open.
 */
export class Runs {
  readonly directory: PipeDirectory;
  readonly #log: Log;
  readonly #room: OutputRoom;
  readonly #runs = new Map<number, Run>();
  readonly #listeners = new Map<number, (word: string) => void>();
  #status: StatusPipe | undefined;
  #ids = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor({ log, directory = new PipeDirectory(), room = new OutputRoom() }: RunsOptions) {
    this.#log = log;
    this.#room = room;
    this.directory = directory;
  }

  /** Opens the status pipe. To be called before anything runs. */
  start(): void {
    this.#status = new StatusPipe(this.directory.statusPath, (id, word) => this.#hear(id, word));
  }

  /** The writing end of the status pipe. */
  get statusFd(): number {
    if (this.#status === undefined) throw new Error("runs were not started");
    return this.#status.fd;
  }

  get size(): number {
    return this.#runs.size;
  }

  /** A number for lines on the status pipe. Every call gives another one. */
  newId(): number {
    this.#ids += 1;
    return this.#ids;
  }

  /** Calls `heard` with each word of `id` that is no return code. Without `heard` it stops that. */
  listen(id: number, heard?: (word: string) => void): void {
    if (heard === undefined) this.#listeners.delete(id);
    else this.#listeners.set(id, heard);
  }

  /** To be called when a plugin is started. The streams belong to its run until that ends or is dropped. */
  add({ id, stdout, stderr }: PluginStreams, { deadlineMs, signal }: RunLimits, ending: Ending): void {
    const nextLookMs = performance.now() + LOOK_MS;
    this.#runs.set(id, {
      id,
      stdout,
      stderr,
      ending,
      deadlineMs,
      signal,
      nextLookMs,
      lookGapMs: LOOK_MS,
      returnCode: undefined,
      longBytes: 0,
      refusedMs: undefined,
      mayWaitMs: MAX_WAIT_MS,
    });
    this.#timer ??= setTimeout(this.#wake, LOOK_MS);
  }

  /**
   * Takes a last look at a run whose process is gone. True: the return code and all output were there, so it
   * has ended.
   */
  finish(id: number): boolean {
    const run = this.#runs.get(id);
    return run !== undefined && this.#finish(run);
  }

  /** Forgets a run, without a call of its `ending`, and gives its output. Undefined: there is no such run. */
  drop(id: number): Output | undefined {
    const run = this.#runs.get(id);
    if (run === undefined) return undefined;
    this.#runs.delete(id);
    drain(run);
    return this.#takeOutput(run);
  }

  /** The outcome of a plugin whose pipes were removed before it started. Undefined: they exist. */
  findLoss(paths: PipePaths, returnCode: number, { stdout, stderr }: Output): Outcome | undefined {
    if (returnCode === 0 || stdout !== "" || stderr !== "" || this.directory.has(paths)) return undefined;
    return crashed(`the pipes of plugins were removed from ${this.directory.path}`);
  }

  /** To be called when no plugin runs any more. */
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

  /** A plugin has ended. A child of it may still print. */
  #told(id: number, returnCode: number): void {
    const run = this.#runs.get(id);
    if (run === undefined) return;
    run.returnCode = returnCode;
    if (this.#finish(run)) return;
    run.lookGapMs = LOOK_MS;
    run.nextLookMs = 0;
  }

  #finish(run: Run): boolean {
    if (run.returnCode === undefined || !this.#drain(run)) return false;
    this.#runs.delete(run.id);
    run.ending.ended(run.returnCode, this.#takeOutput(run));
    return true;
  }

  /** Reads what the pipes hold, up to a limit, if there is room. True: it was all. */
  #drain(run: Run): boolean {
    if (run.longBytes > 0 && !this.#room.admits(run)) {
      prolong(run);
      return false;
    }
    run.refusedMs = undefined;
    const isAll = drain(run);
    const longBytes = Math.max(0, bytesKept(run) - FREE_BYTES);
    if (longBytes > run.longBytes) this.#room.read(longBytes - run.longBytes);
    run.longBytes = longBytes;
    return isAll;
  }

  #takeOutput(run: Run): Output {
    const { stdout, stderr, longBytes } = run;
    if (longBytes > 0) this.#room.ended(run, longBytes);
    const dropped = stdout.dropped + stderr.dropped;
    if (dropped > 0) this.#log.warn({ dropped }, `plugin output exceeds ${MAX_OUTPUT} bytes, cutting off`);
    return { stdout: stdout.take(), stderr: stderr.take() };
  }

  /** The status pipe is read before the clock is looked at, in case the event loop was busy for long. */
  readonly #wake = (): void => void setImmediate(this.#look);

  /** Drains the pipes of all runs, and ends those whose time is up. */
  readonly #look = (): void => {
    const now = performance.now();
    let nextMs = LOOK_MS;
    for (const run of this.#runs.values()) {
      if (now >= run.deadlineMs) this.#timeOut(run);
      else if (run.signal?.aborted) this.#cancel(run);
      else if (now >= run.nextLookMs && this.#lookAt(run, now)) nextMs = 1;
    }
    this.#timer = this.#runs.size > 0 ? setTimeout(this.#wake, nextMs) : undefined;
  };

  /** True: the plugin prints much, and must be looked at again at once. */
  #lookAt(run: Run, now: number): boolean {
    if (this.#finish(run)) return false;
    const before = bytesRead(run);
    this.#drain(run);
    const bytes = bytesRead(run) - before;
    const isFlooding = bytes >= FLOOD_BYTES;
    const mayPrint = bytes > 0 || run.longBytes > 0 || run.returnCode !== undefined;
    run.lookGapMs = mayPrint ? LOOK_MS : Math.min(run.lookGapMs * 2, MAX_LOOK_GAP_MS);
    run.nextLookMs = isFlooding ? now : now + run.lookGapMs;
    return isFlooding;
  }

  #timeOut(run: Run): void {
    const output = this.drop(run.id);
    if (output !== undefined) run.ending.timedOut(output);
  }

  #cancel(run: Run): void {
    this.drop(run.id);
    run.ending.cancelled();
  }
}

/** The time in which a run waits for room is not its own. */
function prolong(run: Run): void {
  const now = performance.now();
  const waitedMs = Math.min(now - (run.refusedMs ?? now), run.mayWaitMs);
  run.refusedMs = now;
  run.mayWaitMs -= waitedMs;
  run.deadlineMs += waitedMs;
}

/** Reads what both pipes hold, up to a limit. True: no process has them open any more. */
function drain({ stdout, stderr }: PluginStreams): boolean {
  const state = stdout.drain(READS_A_LOOK);
  return stderr.drain(READS_A_LOOK) === "end" && state === "end";
}

function bytesKept({ stdout, stderr }: PluginStreams): number {
  return stdout.bytesRead - stdout.dropped + stderr.bytesRead - stderr.dropped;
}

function bytesRead({ stdout, stderr }: PluginStreams): number {
  return stdout.bytesRead + stderr.bytesRead;
}
