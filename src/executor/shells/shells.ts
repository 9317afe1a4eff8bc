import { realpathSync } from "node:fs";
import { basename } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Log } from "../../log.ts";
import { cannotStart, crashed, type Outcome, type Output } from "../../outcome/outcome.ts";
import { lackIn, NO_PROCESSES } from "../../outcome/shortage.ts";
import type { ShellCommand } from "../command.ts";
import { withoutCapabilities } from "../confinement/capabilities.ts";
import type { PipePaths } from "../named-pipes.ts";
import type { RunRequest, Runs } from "../runs.ts";
import { createDialect, findLack, type ShellDialect } from "./dialect.ts";
import { endShell, endShellAndGroup } from "./end-shell.ts";
import { IdleShells } from "./idle-shells.ts";
import { Shell } from "./shell.ts";

export interface ShellsOptions {
  readonly log: Log;
  readonly runs: Runs;
  /** How many shells stay, even if they are idle. */
  readonly warm: number;
  /** After how many seconds an idle shell ends that is more than `warm`. 0: never. */
  readonly idleTimeout: number;
  readonly shellPath?: string;
  /** Its commands are confined: the shells have the worker's rights, and the plugins have not. */
  readonly areConfined?: boolean;
}

/** How many warm shells there are. */
export interface ShellsStatus {
  readonly busy: number;
  readonly idle: number;
}

const NO_OUTPUT: Output = { stdout: "", stderr: "" };
type ShellRequest = RunRequest<ShellCommand>;

/**
 * The pool of warm shells. It starts as many shells as commands run at once; the worker's slots are the
 * limit. It keeps `warm` of them, and lets the others end after `idleTimeout`.
 *
 * Life of a shell in the pool: idle ⇄ busy → ending → gone. After a time-out the whole process group gets
 * TERM, INT and KILL with a second between them, and another shell is used.
 */
export class Shells {
  #options: ShellsOptions;
  readonly #runs: Runs;
  readonly #dialect: ShellDialect;
  readonly #shellPath: string;
  readonly #busy = new Map<Shell, ShellRequest>();
  readonly #idle = new IdleShells();
  readonly #ending = new Map<Shell, Promise<void>>();
  readonly #starting = new Set<Promise<void>>();
  #idleTimer: NodeJS.Timeout | undefined;
  #isStopped = false;
  #isKilled = false;

  constructor(options: ShellsOptions) {
    this.#options = options;
    this.#runs = options.runs;
    this.#shellPath = options.shellPath ?? "/bin/sh";
    const isDash = basename(realpathSync(this.#shellPath)) === "dash";
    const directory = this.#runs.directory.path;
    this.#dialect = createDialect({ directory, shellPath: this.#shellPath, isDash });
  }

  /** Sets limits for shells that become idle from now on. */
  configure(limits: Pick<ShellsOptions, "warm" | "idleTimeout">): void {
    this.#options = { ...this.#options, ...limits };
  }

  /** Makes the pipes of the warm shells. */
  async start(): Promise<void> {
    await this.#unlessShort(() => this.#runs.directory.prepare(this.#options.warm));
  }

  /** Starts the warm shells, one in a turn: a command that comes meanwhile does not wait for all of them. */
  async warmUp(): Promise<void> {
    await this.#unlessShort(async () => {
      while (!this.#isStopped && this.#size < this.#options.warm) {
        const pipePaths = await this.#runs.directory.take();
        if (this.#isStopped) return;
        this.#rest(this.#startShell(pipePaths));
        await nextTurn();
      }
    });
  }

  async #unlessShort(warm: () => Promise<void>): Promise<void> {
    try {
      await warm();
    } catch (error) {
      if (cannotStart(error).kind === "crashed") throw error;
      const { warm, log } = this.#options;
      log.warn({ err: error }, `cannot keep ${warm} shells ready, they are started when jobs need them`);
    }
  }

  /** Runs one command. Never rejects. `timeout` is in seconds; `signal` cancels the run. */
  run(command: ShellCommand, timeout: number, signal?: AbortSignal): Promise<Outcome> {
    return new Promise((resolve) => {
      const deadlineMs = performance.now() + timeout * 1000;
      this.#begin({ command, timeout, deadlineMs, signal, resolve });
    });
  }

  /** Kills every shell and what it runs. */
  kill(): void {
    this.#isKilled = true;
    for (const shell of this.#busy.keys()) shell.signal("SIGKILL");
    for (const shell of this.#ending.keys()) shell.signal("SIGKILL");
    this.#idle.signal("SIGKILL");
  }

  /** Ends everything that runs, and resolves when every process is gone. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#idleTimer);
    for (const shell of [...this.#busy.keys()]) this.#drop(shell, crashed("the worker stopped"));
    this.#retireIdle();
    await Promise.all(this.#starting);
    await Promise.all(this.#ending.values());
  }

  #begin(request: ShellRequest): void {
    const shell = this.#idle.take(userOf(request));
    if (this.#isStopped) request.resolve(crashed("the worker stopped"));
    else if (shell !== undefined) this.#runIn(shell, request);
    else {
      const start = this.#startFor(request).finally(() => this.#starting.delete(start));
      this.#starting.add(start);
    }
  }

  async #startFor(request: ShellRequest): Promise<void> {
    try {
      const pipePaths = await this.#runs.directory.take();
      if (this.#isStopped) request.resolve(crashed("the worker stopped"));
      else this.#runIn(this.#startShell(pipePaths), request);
    } catch (error) {
      request.resolve(this.#cannotStart(error));
    }
  }

  #cannotStart(error: unknown): Outcome {
    const outcome = cannotStart(error);
    if (outcome.kind === "crashed") this.#options.log.error({ err: error }, "cannot start a plugin");
    return outcome;
  }

  #runIn(shell: Shell, request: ShellRequest): void {
    const { timeout, signal } = request;
    this.#busy.set(shell, request);
    this.#runs.add(shell, request, {
      ended: (returnCode, output) => this.#ended(shell, returnCode, output),
      timedOut: (output) => this.#drop(shell, { kind: "timed-out", after: timeout, ...output }),
      cancelled: () => this.#drop(shell, { kind: "crashed", error: signal?.reason }),
    });
    try {
      shell.run(this.#dialect.text(request.command));
    } catch (error) {
      this.#drop(shell, this.#cannotStart(error));
    }
  }

  #startShell(pipePaths: PipePaths): Shell {
    const { areConfined = false } = this.#options;
    const words = [this.#shellPath, ...this.#dialect.start(pipePaths.command)];
    const [path = "", ...args] = areConfined ? words : [...withoutCapabilities(), ...words];
    try {
      if (areConfined) this.#runs.directory.share(pipePaths);
      return new Shell({
        id: this.#runs.newId(),
        path,
        args,
        pipePaths,
        statusFd: this.#runs.statusFd,
        onExit: (shell) => this.#exited(shell),
      });
    } catch (error) {
      this.#runs.directory.remove(pipePaths);
      throw error;
    }
  }

  #ended(shell: Shell, returnCode: number, output: Output): void {
    const loss = this.#runs.findLoss(shell.pipePaths, returnCode, output);
    if (loss !== undefined) {
      this.#retireIdle();
      this.#drop(shell, loss);
      return;
    }
    const request = this.#busy.get(shell);
    this.#busy.delete(shell);
    shell.forgetLongCommand();
    this.#rest(shell, request && userOf(request));
    request?.resolve(this.#read(request.command, returnCode, output));
  }

  #read(command: ShellCommand, returnCode: number, output: Output): Outcome {
    const lack = findLack(command, returnCode, output);
    if (lack !== undefined) return { kind: "not-started", lack };
    return { kind: "exited", returnCode, ...this.#dialect.clean(command, returnCode, output) };
  }

  #rest(shell: Shell, user?: number): void {
    if (shell.hasExited) {
      this.#retire(shell, endShell);
      return;
    }
    this.#idle.add(shell, user);
    const { warm, idleTimeout } = this.#options;
    if (idleTimeout > 0 && this.#size > warm)
      this.#idleTimer ??= setTimeout(this.#shrink, idleTimeout * 1000);
  }

  readonly #shrink = (): void => {
    const { warm, idleTimeout } = this.#options;
    const longAgo = performance.now() - idleTimeout * 1000;
    while (this.#size > warm && (this.#idle.oldestMs ?? Number.POSITIVE_INFINITY) <= longAgo) {
      const longest = this.#idle.takeOldest();
      if (longest !== undefined) this.#retire(longest, endShell);
    }
    const nextMs = this.#size > warm ? this.#idle.oldestMs : undefined;
    this.#idleTimer =
      nextMs === undefined ? undefined : setTimeout(this.#shrink, Math.max(1, nextMs - longAgo));
  };

  /** Ends a run with all its processes. Its shell is not used again. */
  #drop(shell: Shell, outcome: Outcome): void {
    const request = this.#busy.get(shell);
    this.#busy.delete(shell);
    this.#runs.drop(shell.id);
    this.#retire(shell, endShellAndGroup);
    request?.resolve(outcome);
  }

  #retireIdle(): void {
    for (const shell of this.#idle.takeAll()) this.#retire(shell, endShell);
  }

  /** Ends a shell that is not used any more, and removes its pipes. */
  #retire(shell: Shell, end: (shell: Shell) => Promise<void>): void {
    this.#ending.set(
      shell,
      end(shell).then(() => {
        shell.close();
        this.#runs.directory.remove(shell.pipePaths);
        this.#ending.delete(shell);
      }),
    );
  }

  /** A shell is gone. If the pool did not end it, a plugin has killed it, or it could not be started. */
  #exited(shell: Shell): void {
    if (this.#ending.has(shell)) return;
    this.#idle.remove(shell);
    if (this.#busy.has(shell))
      setImmediate(() => setImmediate(() => this.#lose(shell))); // its return code may be on the way
    else this.#retire(shell, endShell);
  }

  #lose(shell: Shell): void {
    if (!this.#busy.has(shell) || this.#runs.finish(shell.id)) return;
    const via = this.#busy.get(shell)?.command.via;
    const output = this.#runs.drop(shell.id) ?? NO_OUTPUT;
    this.#drop(shell, this.#outcomeOfLoss(shell, via, output));
  }

  /** The shell has ended, and has not told a return code. */
  #outcomeOfLoss({ ending }: Shell, via: ShellCommand["via"] | undefined, output: Output): Outcome {
    if (this.#isKilled) return crashed("the worker stopped");
    switch (ending?.kind) {
      case "signalled": // `kill -9 0`, for example: the plugin is of the same process group
        return { kind: "signalled", signal: ending.signal, ...output };
      case "not-started":
        return this.#cannotStart(new Error(`cannot start ${this.#shellPath}`, { cause: ending.error }));
      case "exited":
      case undefined: {
        // A shell that cannot fork exits. For a line it says so before it opens the pipes of the output.
        const lack = lackIn(output.stderr) ?? (via === "shell" ? NO_PROCESSES : undefined);
        return lack === undefined
          ? crashed("the shell of the plugin has ended")
          : { kind: "not-started", lack };
      }
    }
  }

  get status(): ShellsStatus {
    return { busy: this.#busy.size, idle: this.#idle.size };
  }

  get #size(): number {
    return this.#busy.size + this.#idle.size;
  }
}

function userOf({ command }: ShellRequest): number | undefined {
  return command.confinement?.account?.uid;
}
