import { type ChildProcess, spawn } from "node:child_process";
import { writeSync } from "node:fs";
import { constants } from "node:os";
import type { ByteString } from "../../byte-string.ts";
import { closePipe, openPipe, type PipePaths } from "../named-pipes.ts";
import { LIMIT_OPEN_FILES } from "../open-files.ts";
import { OutputPipe } from "../output-pipe.ts";
import { signalGroup } from "../process-group.ts";
import { type LongCommand, writeLongCommand } from "./long-command.ts";
import { quoteWord } from "./quote-word.ts";

/**
 * In bytes. Longer command texts go through a file. The smallest pipe, which a user with very many pipes
 * gets, has two pages. So there is always room for the prologue, the text and an `exit`, and no write is cut
 * or refused.
 */
const MAX_TEXT_LENGTH = 4_000;

/**
 * Closes the descriptor of the pipe that the shell was started with, because the shell opens the pipe itself.
 * Before, it keeps the shell from hanging in this opening if the worker dies. The trap lets the shell survive
 * `kill 0` and the TERM of a time-out. Programs that it starts have the default handlers again.
 */
const PROLOGUE = `exec 3>&-; trap : HUP INT QUIT USR1 USR2 PIPE ALRM TERM; ${LIMIT_OPEN_FILES}\n`;

/**
 * How the process of a shell has ended. A plugin can kill its shell, but only a shell that can start no
 * process exits by itself.
 */
export type ShellEnd =
  | { readonly kind: "not-started"; readonly error: Error }
  | { readonly kind: "exited" }
  | { readonly kind: "signalled"; readonly signal: number };

export interface ShellOptions {
  readonly id: number;
  readonly path: string;
  /** The arguments that make the shell read commands from `pipePaths.command`. */
  readonly args: readonly string[];
  readonly pipePaths: PipePaths;
  /** The writing end of the status pipe, on which all shells tell `id return-code`. */
  readonly statusFd: number;
  readonly onExit: (shell: Shell) => void;
}

/**
 * A warm shell: a `/bin/sh` in its own process group. It reads commands from a named pipe, runs one at a
 * time, and tells the return code on the status pipe. It starts plugins far cheaper than Node can, because
 * dash uses vfork.
 *
 * Life: started → (run → told)* → exited. A shell is not used again if it was sent a signal, or if a process
 * still has its pipes open.
 */
export class Shell {
  readonly id: number;
  readonly stdout: OutputPipe;
  readonly stderr: OutputPipe;
  readonly pipePaths: PipePaths;
  readonly #process: ChildProcess;
  readonly #opened: DisposableStack;
  readonly #commandFd: number;
  readonly #redirections: string;
  /** Resolves when the process is gone, or if it could not be started. */
  readonly exited: Promise<void>;
  #longCommand: LongCommand | undefined;
  #ending: ShellEnd | undefined;

  /** Throws if no descriptors or no memory are left. */
  constructor({ id, path, args, pipePaths, statusFd, onExit }: ShellOptions) {
    using opened = new DisposableStack();
    this.id = id;
    this.pipePaths = pipePaths;
    this.#redirections = ` >${quoteWord(pipePaths.stdout)} 2>${quoteWord(pipePaths.stderr)}; echo ${id} $?\n`;
    this.#commandFd = opened.adopt(openPipe(pipePaths.command, "both"), closePipe);
    this.stdout = opened.use(new OutputPipe(pipePaths.stdout));
    this.stderr = opened.use(new OutputPipe(pipePaths.stderr));
    writeSync(this.#commandFd, PROLOGUE);
    this.#process = spawn(path, args, {
      argv0: "sh",
      detached: true,
      stdio: ["ignore", statusFd, "ignore", this.#commandFd],
    });
    this.#opened = opened.move();
    this.exited = new Promise((resolve) => {
      const end = (ending: ShellEnd) => {
        this.#ending = ending;
        resolve();
        onExit(this);
      };
      this.#process.once("exit", (_code, signal) => end(readEnd(signal)));
      this.#process.once("error", (error) => end({ kind: "not-started", error })); // instead of "exit"
    });
  }

  /** Undefined: the process could not be started. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  get hasExited(): boolean {
    return this.#ending !== undefined;
  }

  /** Undefined: the process has not ended. */
  get ending(): ShellEnd | undefined {
    return this.#ending;
  }

  /** Runs `command`, one simple or compound command in sh syntax. Its end is told on the status pipe. */
  run(command: ByteString): void {
    const text = command + this.#redirections;
    if (text.length < MAX_TEXT_LENGTH) {
      writeSync(this.#commandFd, text, null, "latin1");
      return;
    }
    this.#longCommand = writeLongCommand(`${this.pipePaths.command}.sh`, text);
    writeSync(this.#commandFd, `. ${quoteWord(this.#longCommand.path)}\n`);
  }

  /** To be called after the return code was told, before the next `run`. */
  forgetLongCommand(): void {
    this.#longCommand?.[Symbol.dispose]();
    this.#longCommand = undefined;
  }

  /** Sends a signal to the whole process group. False: no process of it is left. */
  signal(name: NodeJS.Signals | 0): boolean {
    return this.pid !== undefined && signalGroup(this.pid, name);
  }

  /** Lets the shell exit after the command that it runs now. */
  end(): void {
    if (!this.hasExited) writeSync(this.#commandFd, "exit\n");
  }

  /** Kills the shell, but not the other processes of its group. */
  kill(): void {
    this.#process.kill("SIGKILL");
  }

  /** Closes the descriptors. If the process still exists, nothing is read from it any more. */
  close(): void {
    this.forgetLongCommand();
    this.#opened.dispose();
  }
}

function readEnd(signal: NodeJS.Signals | null): ShellEnd {
  return signal === null ? { kind: "exited" } : { kind: "signalled", signal: constants.signals[signal] };
}
