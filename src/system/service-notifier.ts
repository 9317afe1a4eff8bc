import { spawn } from "node:child_process";
import { withoutControls } from "../byte-string.ts";
import { type DatagramOptions, DatagramSender } from "./datagram-sender.ts";
import type { ServiceEnvironment } from "./service-environment.ts";

export interface NotifierOptions extends Pick<DatagramOptions, "command"> {
  readonly environment: ServiceEnvironment;
  /** What the service does, in a line for people. */
  readonly status: () => string;
  /** After this time the service is ready, whatever it waits for. */
  readonly readyAfterMs?: number;
  readonly statusEveryMs?: number;
}

const READY_AFTER_MS = 10_000;
const STATUS_EVERY_MS = 10_000;
/** How long systemd waits for the next sign of a service that stops. */
const EXTENSION_MS = 30_000;
/** A socket of systemd is there as long as the service. */
const PATIENCE = 1;

/**
 * Tells systemd how the worker is, by the protocol of sd_notify. The event loop feeds the watchdog, so a loop
 * that hangs is a worker that hangs. Life: made → started → ready → (reloading → ready)* → stopping → ended.
 */
export class ServiceNotifier implements AsyncDisposable {
  readonly #options: NotifierOptions;
  readonly #sender: DatagramSender;
  readonly #timers: NodeJS.Timeout[] = [];
  #state: "made" | "started" | "ready" | "stopping" = "made";
  #shown = "";

  constructor(options: NotifierOptions) {
    const { environment, command } = options;
    const { socket } = environment;
    const chain = createNotifyChain(socket);
    this.#options = options;
    this.#sender = new DatagramSender({
      socket,
      patience: PATIENCE,
      without: chain,
      ...(command && { command }),
    });
  }

  start(): void {
    const { environment, readyAfterMs = READY_AFTER_MS, statusEveryMs = STATUS_EVERY_MS } = this.#options;
    const { watchdogMs } = environment;
    this.#state = "started";
    this.#timers.push(
      setTimeout(() => this.ready(), readyAfterMs),
      setInterval(() => this.#tick(), statusEveryMs),
    );
    if (watchdogMs !== undefined)
      this.#timers.push(setInterval(() => this.#tell("WATCHDOG=1"), watchdogMs / 2));
    for (const timer of this.#timers) timer.unref();
  }

  /** Tells it once. The process may be a child of the one that systemd has started. */
  ready(): void {
    if (this.#state !== "started") return;
    this.#state = "ready";
    this.#tell("READY=1", `MAINPID=${process.pid}`, this.#takeStatus());
  }

  /** Tells that `reload` is under way, and when it is over. */
  during<Result>(reload: () => Result): Result {
    if (this.#state !== "ready") return reload();
    this.#tell("RELOADING=1", `MONOTONIC_USEC=${process.hrtime.bigint() / 1_000n}`, "STATUS=reloading");
    try {
      return reload();
    } finally {
      this.#tell("READY=1", this.#takeStatus());
    }
  }

  /** systemd waits for jobs that are under way as long as the worker does. */
  stopping(): void {
    if (this.#state === "stopping") return;
    this.#state = "stopping";
    this.#tell("STOPPING=1", EXTENSION, this.#takeStatus());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#sender[Symbol.asyncDispose]();
  }

  #tick(): void {
    const before = this.#shown;
    const status = this.#takeStatus();
    const lines = [
      ...(this.#state === "stopping" ? [EXTENSION] : []),
      ...(this.#shown === before ? [] : [status]),
    ];
    if (lines.length > 0) this.#tell(...lines);
  }

  #takeStatus(): string {
    this.#shown = withoutControls(this.#options.status(), " ");
    return `STATUS=${this.#shown}`;
  }

  #tell(...lines: readonly string[]): void {
    this.#sender.send(lines.join("\n"));
  }
}

const EXTENSION = `EXTEND_TIMEOUT_USEC=${EXTENSION_MS * 1_000}`;

/** Without Perl systemd's own program tells it, a process for each message, one after the other. */
function createNotifyChain(socket: string): (message: string) => void {
  let last = Promise.resolve();
  return (message) => {
    last = last.then(() => runNotify(socket, message.split("\n")));
  };
}

/** Never rejects: a machine without systemd-notify tells nothing. */
function runNotify(socket: string, lines: readonly string[]): Promise<void> {
  const { PATH } = process.env;
  const child = spawn("systemd-notify", lines, { stdio: "ignore", env: { PATH, NOTIFY_SOCKET: socket } });
  return new Promise((resolve) => {
    child.once("error", () => resolve());
    child.once("close", () => resolve());
  });
}
