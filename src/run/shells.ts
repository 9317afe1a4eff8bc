import { realpathSync } from "node:fs";
import { basename } from "node:path";
import type { Log } from "../log.ts";
import { type Command, createDialect, type ShellDialect } from "./command-text.ts";
import { endGroup, endShell } from "./end-group.ts";
import { FifoDirectory } from "./fifos.ts";
import type { Outcome } from "./outcome.ts";
import { Shell } from "./shell.ts";
import { crashed, createRun, LOOK_MS, type Run } from "./shell-run.ts";
import { StatusPipe } from "./status-pipe.ts";

export interface ShellsOptions {
  readonly log: Log;
  /** Shells that stay warm however idle they are. */
  readonly warm: number;
  /** Seconds after which a shell beyond `warm` ends; 0: never. */
  readonly idleTimeout: number;
  readonly shellPath?: string;
  readonly directory?: FifoDirectory;
}

const LONGEST_GAP_MS = 400;
/** A look that read this much comes again at once: the plugin may wait for room in its pipe. */
const FLOOD_BYTES = 4_096;
const READS_A_LOOK = 16;

/**
 * The pool of warm shells. It starts as many as are asked for at once (the worker bounds that by its slots), keeps
 * `warm` of them and lets the others end after `idleTimeout`.
 *
 * A run ends when its shell told the return code *and* no process holds its stdout or stderr any more, or at its
 * deadline. Both peers wait for a background child that keeps the output open, too. After a time-out the whole
 * process group gets TERM, INT and KILL a second apart, and the shell is replaced.
 */
export class Shells {
  #options: ShellsOptions;
  readonly #directory: FifoDirectory;
  readonly #dialect: ShellDialect;
  readonly #shellPath: string;
  readonly #runs = new Map<number, Run>();
  readonly #idle: { readonly shell: Shell; readonly sinceMs: number }[] = [];
  readonly #ending = new Map<Shell, Promise<void>>();
  readonly #waiting: Run[] = [];
  #status: StatusPipe | undefined;
  #started = 0;
  #lookTimer: NodeJS.Timeout | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #preparing: Promise<void> | undefined;
  #isStopped = false;

  constructor(options: ShellsOptions) {
    this.#options = options;
    this.#shellPath = options.shellPath ?? "/bin/sh";
    const isDash = basename(realpathSync(this.#shellPath)) === "dash";
    this.#directory = options.directory ?? new FifoDirectory();
    this.#dialect = createDialect({ directory: this.#directory.path, shellPath: this.#shellPath, isDash });
  }

  /** Shells that are there, busy or idle. */
  get size(): number {
    return this.#runs.size + this.#idle.length;
  }

  /** New limits for what is idle from now on. */
  configure(limits: Pick<ShellsOptions, "warm" | "idleTimeout">): void {
    this.#options = { ...this.#options, ...limits };
  }

  async start(): Promise<void> {
    const path = await this.#directory.makeStatus();
    this.#status = new StatusPipe(path, (id, returnCode) => this.#told(id, returnCode));
    await this.#directory.prepare(this.#options.warm);
    for (let i = 0; i < this.#options.warm; i++) this.#rest(this.#startShell());
  }

  /** Runs one command; never rejects. `timeout` in seconds. */
  run(command: Command, timeout: number): Promise<Outcome> {
    return new Promise((resolve) => this.#begin(createRun(command, timeout, resolve)));
  }

  /** Ends everything that runs, at once and without a result. */
  kill(): void {
    for (const run of this.#runs.values()) run.shell?.signal("SIGKILL");
    for (const shell of this.#ending.keys()) shell.signal("SIGKILL");
    for (const { shell } of this.#idle) shell.signal("SIGKILL");
  }

  /** To be called when no run is under way; waits until every process is gone. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#lookTimer);
    clearTimeout(this.#idleTimer);
    for (const run of this.#waiting.splice(0)) run.resolve(crashed("the worker stopped"));
    for (const run of [...this.#runs.values()]) this.#drop(run, crashed("the worker stopped"), endGroup);
    for (const { shell } of this.#idle.splice(0)) this.#retire(shell, endShell);
    await this.#preparing;
    await Promise.all(this.#ending.values());
    this.#status?.close();
    this.#directory[Symbol.dispose]();
  }

  #begin(run: Run): void {
    if (this.#isStopped) {
      run.resolve(crashed("the worker stopped"));
      return;
    }
    try {
      run.shell = this.#idle.pop()?.shell ?? this.#startShell();
      if (run.shell === undefined) this.#wait(run);
      else this.#runIn(run.shell, run);
    } catch (error) {
      this.#options.log.error({ err: error }, "cannot start a plugin");
      this.#drop(run, { kind: "crashed", error }, endShell);
    }
  }

  #runIn(shell: Shell, run: Run): void {
    run.nextLookMs = performance.now() + LOOK_MS;
    this.#runs.set(shell.id, run);
    shell.run(this.#dialect.text(run.command));
    this.#lookTimer ??= setTimeout(this.#look, LOOK_MS);
  }

  #startShell(): Shell | undefined {
    const status = this.#status;
    if (status === undefined) throw new Error("the pool of shells was not started");
    const fifos = this.#directory.take();
    if (fifos === undefined) return undefined;
    this.#started += 1;
    return new Shell({
      id: this.#started,
      path: this.#shellPath,
      args: this.#dialect.start(fifos.command),
      fifos,
      statusFd: status.fd,
      onExit: (shell) => this.#exited(shell),
    });
  }

  /** Pipes ran out: makes some for all that came until the end of this turn, and starts them. */
  #wait(run: Run): void {
    this.#waiting.push(run);
    this.#preparing ??= Promise.resolve()
      .then(() => this.#directory.prepare(this.#waiting.length))
      .catch((error: unknown) => {
        this.#options.log.error({ err: error }, "cannot make pipes for more shells");
        for (const run of this.#waiting.splice(0)) run.resolve({ kind: "crashed", error });
      })
      .then(() => {
        this.#preparing = undefined;
        for (const run of this.#waiting.splice(0)) this.#begin(run);
      });
  }

  /** Its shell says that the command has ended. */
  #told(id: number, returnCode: number): void {
    const run = this.#runs.get(id);
    if (run === undefined) return;
    run.returnCode = returnCode;
    if (this.#finish(run)) return;
    run.lookGapMs = LOOK_MS;
    run.nextLookMs = 0;
  }

  /** Ends the run when all its output is there. */
  #finish(run: Run): boolean {
    const { shell, returnCode, command } = run;
    if (shell === undefined || returnCode === undefined) return false;
    if (!drain(shell)) return false;
    const output = this.#takeOutput(shell);
    this.#runs.delete(shell.id);
    shell.forgetLongCommand();
    this.#rest(shell);
    run.resolve({ kind: "exited", returnCode, ...this.#dialect.clean(command, returnCode, output) });
    return true;
  }

  #takeOutput(shell: Shell) {
    const dropped = shell.stdout.dropped + shell.stderr.dropped;
    if (dropped > 0) this.#options.log.warn({ dropped }, "plugin output exceeds 10485760 bytes, cutting off");
    return { stdout: shell.stdout.take(), stderr: shell.stderr.take() };
  }

  #rest(shell: Shell | undefined): void {
    if (shell === undefined) return;
    if (shell.hasExited) {
      this.#retire(shell, endShell);
      return;
    }
    this.#idle.push({ shell, sinceMs: performance.now() });
    const { warm, idleTimeout } = this.#options;
    if (idleTimeout > 0 && this.size > warm) this.#idleTimer ??= setTimeout(this.#shrink, idleTimeout * 1000);
  }

  readonly #shrink = (): void => {
    const { warm, idleTimeout } = this.#options;
    const longAgo = performance.now() - idleTimeout * 1000;
    while (this.size > warm && (this.#idle[0]?.sinceMs ?? Number.POSITIVE_INFINITY) <= longAgo) {
      const longest = this.#idle.shift();
      if (longest !== undefined) this.#retire(longest.shell, endShell);
    }
    const next = this.size > warm ? this.#idle[0] : undefined;
    this.#idleTimer =
      next === undefined ? undefined : setTimeout(this.#shrink, Math.max(1, next.sinceMs - longAgo));
  };

  /** Looks after runs that are not quick: drains their pipes, and ends those whose time is up. */
  readonly #look = (): void => {
    this.#lookTimer = undefined;
    const now = performance.now();
    let nextMs = LOOK_MS;
    for (const run of this.#runs.values()) {
      if (now >= run.deadlineMs) this.#timeOut(run);
      else if (now >= run.nextLookMs && this.#lookAt(run, now)) nextMs = 1;
    }
    if (this.#runs.size > 0 && !this.#isStopped) this.#lookTimer ??= setTimeout(this.#look, nextMs);
  };

  /** True when the plugin floods its pipe and should be looked at again at once. */
  #lookAt(run: Run, now: number): boolean {
    if (run.shell === undefined) return false;
    if (run.returnCode !== undefined && this.#finish(run)) return false;
    const before = run.shell.bytesRead;
    drain(run.shell);
    const bytes = run.shell.bytesRead - before;
    const isFlooding = bytes >= FLOOD_BYTES;
    run.lookGapMs =
      bytes > 0 || run.returnCode !== undefined ? LOOK_MS : Math.min(run.lookGapMs * 2, LONGEST_GAP_MS);
    run.nextLookMs = isFlooding ? now : now + run.lookGapMs;
    return isFlooding;
  }

  #timeOut(run: Run): void {
    const { shell, timeout } = run;
    if (shell === undefined) return;
    drain(shell);
    this.#drop(run, { kind: "timed-out", after: timeout, ...this.#takeOutput(shell) }, endGroup);
  }

  /** Ends a run whose shell cannot be used any more. */
  #drop(run: Run, outcome: Outcome, end: (shell: Shell) => Promise<void>): void {
    if (run.shell !== undefined) {
      this.#runs.delete(run.shell.id);
      this.#retire(run.shell, end);
    }
    run.resolve(outcome);
  }

  /** Sends a shell away; its pipes are not used again. */
  #retire(shell: Shell, end: (shell: Shell) => Promise<void>): void {
    this.#ending.set(
      shell,
      end(shell).then(() => {
        shell.close();
        this.#directory.remove(shell.fifos);
        this.#ending.delete(shell);
      }),
    );
  }

  /** A shell nobody sent away is gone: its plugin killed it, or it could not be started. */
  #exited(shell: Shell): void {
    if (this.#ending.has(shell)) return;
    const position = this.#idle.findIndex((entry) => entry.shell === shell);
    if (position >= 0) this.#idle.splice(position, 1);
    const run = this.#runs.get(shell.id);
    if (run === undefined) this.#retire(shell, endShell);
    else setImmediate(() => setImmediate(() => this.#lose(run, shell))); // its last word may be on the way
  }

  #lose(run: Run, shell: Shell): void {
    if (this.#runs.get(shell.id) !== run || this.#finish(run)) return;
    drain(shell);
    const what =
      shell.pid === undefined
        ? `cannot start ${this.#shellPath}`
        : "the shell that ran the plugin was killed";
    this.#options.log.warn(this.#takeOutput(shell), what);
    this.#drop(run, crashed(what), endGroup);
  }
}

/** Reads what both pipes hold, within bounds; true when no process has them open any more. */
function drain(shell: Shell): boolean {
  const stdout = shell.stdout.drain(READS_A_LOOK);
  return shell.stderr.drain(READS_A_LOOK) === "end" && stdout === "end";
}
