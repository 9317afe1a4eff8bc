import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Writable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export interface DatagramOptions {
  /** A path, or `@name` for a name of the abstract namespace. */
  readonly socket: string;
  /** How long a message waits while nothing listens there. */
  readonly patience: number;
  /** Is given each message if the program that sends cannot run here. */
  readonly without: (message: string) => void;
  /** The program that sends, for tests. */
  readonly command?: readonly [string, ...string[]];
}

const COMMAND = ["perl", fileURLToPath(new URL("send-datagrams.pl", import.meta.url))] as const;
/** In bytes. While so much waits, more is lost: a reader that hangs must not take the worker's memory. */
const MAX_WAITING = 4 * 1024 * 1024;
/** How long the last messages may take. */
const END_WITHIN_MS = 2_000;
/** After so many ends in a row, each within a second, the program is not started again. */
const MAX_SHORT_LIVES = 3;
const SHORT_LIFE_MS = 1_000;

type Sender = ChildProcessByStdio<Writable, null, null>;

/**
 * Sends datagrams to a Unix socket, which Node.js cannot, through a small Perl program. It is started for the
 * first message, and again if it has ended. Nothing here waits for the socket. Life: made → ended.
 */
export class DatagramSender implements AsyncDisposable {
  readonly #options: DatagramOptions;
  #child: Sender | undefined;
  #closed: Promise<void> = Promise.resolve();
  /** Messages for a program of which it is not known yet whether it runs. */
  #untold: string[] | undefined;
  #shortLives = 0;
  #isMissing = false;
  #isEnded = false;

  constructor(options: DatagramOptions) {
    this.#options = options;
  }

  send(message: string): void {
    if (this.#isEnded) return;
    if (this.#isMissing) {
      this.#options.without(message);
      return;
    }
    this.#child ??= this.#start();
    this.#untold?.push(message);
    const { stdin } = this.#child;
    if (stdin.writableLength < MAX_WAITING) stdin.write(encodeMessage(message));
  }

  /** Resolves when all messages are sent, or when they have had their time. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnded = true;
    this.#child?.stdin.end();
    const timer = new AbortController();
    const timeIsUp = pause(END_WITHIN_MS, undefined, { signal: timer.signal }).catch(() => {});
    await Promise.race([this.#closed, timeIsUp]);
    timer.abort();
    this.#child?.kill("SIGKILL");
    await this.#closed;
  }

  #start(): Sender {
    const { command: [file, ...words] = COMMAND, socket, patience } = this.#options;
    const { PATH } = process.env;
    const child = spawn(file, [...words, socket, String(patience)], {
      cwd: "/",
      env: { PATH, LC_ALL: "C" },
      stdio: ["pipe", "ignore", "ignore"],
    });
    const begin = performance.now();
    this.#untold = [];
    child.stdin.on("error", () => {}); // the process has ended, and "close" says so
    child.once("spawn", () => {
      this.#untold = undefined;
    });
    this.#closed = new Promise((resolve) => {
      child.once("error", () => {
        this.#miss(child);
        resolve();
      });
      child.once("close", () => {
        this.#leave(child, performance.now() - begin);
        resolve();
      });
    });
    return child;
  }

  /** The program could not be started. */
  #miss(child: Sender): void {
    if (this.#child !== child || child.pid !== undefined) return;
    this.#child = undefined;
    this.#isMissing = true;
    const messages = this.#untold ?? [];
    this.#untold = undefined;
    for (const message of messages) this.#options.without(message);
  }

  /** The program has ended; the next message starts it again. */
  #leave(child: Sender, livedMs: number): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    this.#shortLives = livedMs < SHORT_LIFE_MS ? this.#shortLives + 1 : 0;
    this.#isMissing = this.#shortLives >= MAX_SHORT_LIVES;
  }
}

/** A message as the line that the program reads. */
function encodeMessage(message: string): string {
  return `${message.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}\n`;
}
