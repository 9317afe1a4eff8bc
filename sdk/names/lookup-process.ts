import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { whenAborted } from "../deadline.ts";
import { type Address, type Family, ResolveError } from "./address.ts";

/** What getaddrinfo said, and the milliseconds it took once it had begun. */
export type Answer = { readonly tookMs: number } & (
  | { readonly kind: "found"; readonly addresses: readonly Address[] }
  | { readonly kind: "failed"; readonly error: unknown }
);

/** The process has ended before it answered. */
export class LookupProcessEnded extends Error {
  override readonly name = "LookupProcessEnded";
}

export interface LookupProcessOptions {
  /** Names it may be asked for at a time. */
  readonly slots: number;
  /** Is called once when the process may be asked. */
  readonly onReady: () => void;
  /** Is called once when the process has ended by itself. */
  readonly onEnd: (why: string) => void;
  /** The program, for tests. */
  readonly command?: readonly string[];
}

interface Question {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: unknown) => void;
}

/** The file beside this one has the same ending: `.ts` in the repository, `.js` as installed. */
const PROGRAM = fileURLToPath(import.meta.url.replace(/lookup-process(?=\.[jt]s)/, "ask-names"));
/** It has few objects to keep: a small heap is enough. */
const COMMAND = [process.execPath, "--max-semi-space-size=1", "--no-warnings", PROGRAM];
/**
 * libuv ends the process if it gets too few threads: that needs no core dump. A thread needs little of the
 * eight MiB of address space that it would get as its stack.
 */
const WITH_LIMITS = ["-c", 'ulimit -S -c 0; ulimit -S -s 1024; exec "$0" "$@"'];
/** libuv gives getaddrinfo no more than half of its threads. */
const THREADS_PER_SLOT = 2;
/** Characters of stderr that are logged. */
const MAX_COMPLAINT = 500;

/**
 * A process that asks getaddrinfo for many names side by side, ask-names.ts.
 *
 * getaddrinfo cannot be cancelled. A question whose callers have given up occupies its slot until getaddrinfo
 * returns. When half of the slots are lost in this way, the process is asked nothing more, and it is killed
 * as soon as nobody waits for its answers.
 */
export class LookupProcess implements Disposable {
  readonly #slots: number;
  readonly #onReady: () => void;
  /** Without streams where too few files may be open. */
  readonly #child: ChildProcess;
  /** Undefined: the caller has given up, and the slot is not free yet. */
  readonly #questions = new Map<number, Question | undefined>();
  #abandoned = 0;
  #lastId = 0;
  #isReady = false;
  #isRetired = false;
  #hasEnded = false;

  constructor({ slots, onReady, onEnd, command = COMMAND }: LookupProcessOptions) {
    this.#slots = slots;
    this.#onReady = onReady;
    const threads = String(slots * THREADS_PER_SLOT);
    const env = { ...process.env, NODE_OPTIONS: undefined, UV_THREADPOOL_SIZE: threads };
    this.#child = spawn("/bin/sh", [...WITH_LIMITS, ...command], { cwd: "/", env, stdio: "pipe" });
    this.#listen(onEnd);
  }

  /** Whether its start is over. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Whether it may be asked for one more name. */
  get hasRoom(): boolean {
    return this.#isReady && !this.#hasEnded && !this.#isRetired && this.#questions.size < this.#slots;
  }

  /** Whether nobody waits for an answer. */
  get isIdle(): boolean {
    return this.#questions.size === this.#abandoned;
  }

  /** Whether it has ended, or is about to. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Rejects with the signal's reason, or with LookupProcessEnded. */
  async lookup(host: string, family: Family, signal: AbortSignal): Promise<Answer> {
    this.#lastId += 1;
    const id = this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#questions.set(id, { resolve, reject });
    using _leaving = whenAborted(signal, () => {
      reject(signal.reason);
      this.#abandon(id);
    });
    this.#write(`${id} ${family} ${encodeURIComponent(host.toWellFormed())}\n`);
    return await promise;
  }

  /** Kills the process, whatever it does. */
  [Symbol.dispose](): void {
    this.#hasEnded = true;
    this.#child.kill("SIGKILL");
    this.#rejectAll(new LookupProcessEnded("the process that asks for names was ended"));
  }

  #abandon(id: number): void {
    if (!this.#questions.has(id)) return;
    this.#questions.set(id, undefined);
    this.#abandoned += 1;
    if (this.#abandoned >= this.#slots / 2) this.#isRetired = true;
    this.#endIfUseless();
  }

  #endIfUseless(): void {
    if (this.#isRetired && this.isIdle && !this.#hasEnded) this[Symbol.dispose]();
  }

  /** All lines of one turn of the event loop are written together. */
  #write(line: string): void {
    const { stdin } = this.#child;
    if (stdin === null) return;
    if (stdin.writableCorked === 0) {
      stdin.cork();
      process.nextTick(() => stdin.uncork());
    }
    stdin.write(line);
  }

  #listen(onEnd: LookupProcessOptions["onEnd"]): void {
    const child = this.#child;
    let complaint = "";
    let rest = "";
    child.stdout?.setEncoding("latin1").on("data", (text: string) => {
      const lines = `${rest}${text}`.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.#read(line);
    });
    child.stderr?.setEncoding("latin1").on("data", (text: string) => {
      complaint = `${complaint}${text}`.slice(0, MAX_COMPLAINT);
    });
    child.stdin?.on("error", () => {}); // the process has ended, and "close" says so
    const ended = (why: string) => {
      if (this.#hasEnded) return;
      this[Symbol.dispose]();
      onEnd(why);
    };
    child.once("error", (error) => ended(error.message));
    child.once("close", (code, signal) => ended(`${signal ?? code} ${complaint}`.trimEnd()));
  }

  #read(line: string): void {
    const [id, tookMs, ...said] = line.split(" ");
    if (!this.#isReady) {
      this.#isReady = true;
      this.#onReady();
      return;
    }
    const question = this.#questions.get(Number(id));
    this.#questions.delete(Number(id));
    if (question === undefined) this.#abandoned -= 1;
    else question.resolve(readAnswer(said, Number(tookMs)));
    this.#endIfUseless();
  }

  #rejectAll(reason: Error): void {
    for (const question of this.#questions.values()) question?.reject(reason);
    this.#questions.clear();
    this.#abandoned = 0;
  }
}

function readAnswer(said: readonly string[], tookMs: number): Answer {
  const [first = ""] = said;
  if (first.startsWith("E")) return { kind: "failed", error: new ResolveError(first), tookMs };
  return { kind: "found", addresses: said.map(readAddress), tookMs };
}

function readAddress(address: string): Address {
  return { address, family: address.includes(":") ? 6 : 4 };
}
