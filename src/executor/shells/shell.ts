import { type ChildProcess, spawn } from "node:child_process";
import { rmSync, writeFileSync, writeSync } from "node:fs";
import type { ByteString } from "../../byte-string.ts";
import { closeFifo, type FifoSet, openFifo } from "../fifos.ts";
import { LIMIT_OPEN_FILES } from "../open-files.ts";
import { OutputPipe } from "../output-pipe.ts";
import { signalGroup } from "../process-group.ts";
import { quoteWord } from "./quote-word.ts";

/**
 * Longer command texts go through a file. The smallest pipe, which a user with very many of them gets, has two
 * pages; this leaves room for the prologue before and an `exit` after it, so no write is ever cut or refused.
 */
const LONGEST_LINE = 4_000;

/**
 * Closes the pipe it was given besides the one it opens: with it the shell cannot hang in that opening when the worker
 * dies meanwhile. With the trap it outlives `kill 0` and the TERM of a time-out; what it starts has the default again.
 */
const PROLOGUE = `exec 3>&-; trap : HUP INT QUIT USR1 USR2 PIPE ALRM TERM; ${LIMIT_OPEN_FILES}\n`;

export interface ShellOptions {
  readonly id: number;
  readonly path: string;
  /** With which it reads commands from `fifos.command`. */
  readonly args: readonly string[];
  readonly fifos: FifoSet;
  /** Write end of the pipe on which all shells tell `id return-code`. */
  readonly statusFd: number;
  readonly onExit: (shell: Shell) => void;
}

/**
 * One warm shell: a `/bin/sh` in a process group of its own that reads commands from a named pipe, runs one at
 * a time, and tells its return code on the status pipe. It starts plugins far cheaper than Node can, because
 * dash vforks.
 *
 * Life: started → (run → told)* → ended. `signal` reaches everything in its process group; a shell that was
 * signalled or whose pipes are still held by a stray child is not used again.
 */
export class Shell {
  readonly id: number;
  readonly stdout: OutputPipe;
  readonly stderr: OutputPipe;
  readonly fifos: FifoSet;
  readonly #process: ChildProcess;
  readonly #opened: DisposableStack;
  readonly #commandFd: number;
  readonly #redirections: string;
  /** Resolves when the process is gone, or could not be started. */
  readonly exited: Promise<void>;
  #longCommand: string | undefined;
  #hasExited = false;

  /** Throws when there are no descriptors left, or no memory. */
  constructor({ id, path, args, fifos, statusFd, onExit }: ShellOptions) {
    using opened = new DisposableStack();
    this.id = id;
    this.fifos = fifos;
    this.#redirections = ` >${quoteWord(fifos.stdout)} 2>${quoteWord(fifos.stderr)}; echo ${id} $?\n`;
    this.#commandFd = opened.adopt(openFifo(fifos.command, "both"), closeFifo);
    this.stdout = opened.use(new OutputPipe(fifos.stdout));
    this.stderr = opened.use(new OutputPipe(fifos.stderr));
    writeSync(this.#commandFd, PROLOGUE);
    this.#process = spawn(path, args, {
      argv0: "sh",
      detached: true,
      stdio: ["ignore", statusFd, "ignore", this.#commandFd],
    });
    this.#opened = opened.move();
    this.exited = new Promise((resolve) => {
      const end = () => {
        this.#hasExited = true;
        resolve();
        onExit(this);
      };
      this.#process.once("exit", end);
      this.#process.once("error", end); // comes instead of "exit"
    });
  }

  /** Undefined when the process could not be started. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  get hasExited(): boolean {
    return this.#hasExited;
  }

  /** Has the shell run `command` (sh syntax, one simple or compound command); the pool hears of its end. */
  run(command: ByteString): void {
    const text = command + this.#redirections;
    if (text.length < LONGEST_LINE) {
      writeSync(this.#commandFd, text, null, "latin1");
      return;
    }
    this.#longCommand = `${this.fifos.command}.sh`;
    writeFileSync(this.#longCommand, text, "latin1");
    writeSync(this.#commandFd, `. ${quoteWord(this.#longCommand)}\n`);
  }

  /** To be called when the return code was told, before the next `run`. */
  forgetLongCommand(): void {
    if (this.#longCommand === undefined) return;
    rmSync(this.#longCommand, { force: true });
    this.#longCommand = undefined;
  }

  /** Sends a signal to all that is left of the process group; false when nothing is. */
  signal(name: NodeJS.Signals | 0): boolean {
    return this.pid !== undefined && signalGroup(this.pid, name);
  }

  /** Lets the shell end after what it runs now. */
  end(): void {
    if (!this.#hasExited) writeSync(this.#commandFd, "exit\n");
  }

  /** Ends the shell alone, whatever state it is in. */
  kill(): void {
    this.#process.kill("SIGKILL");
  }

  /** Gives back the descriptors. The process may still be there; nothing is heard of it then. */
  close(): void {
    this.forgetLongCommand();
    this.#opened.dispose();
  }
}
