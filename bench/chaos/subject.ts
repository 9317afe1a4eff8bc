import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createMark } from "../../test/support/processes/leftovers.ts";
import { type Cage, openCage } from "../processes/cage.ts";
import { readRssMiB } from "../processes/process-tree.ts";
import { fill } from "../stand-ins/placeholders.ts";
import { START_VARIABLE, uptime } from "./ledger.ts";
import type { Span } from "./verdict.ts";

export interface SubjectOptions {
  readonly number: number;
  /** Words with `{port}`, `{name}` and `{folder}`. */
  readonly template: readonly string[];
  readonly port: number;
  readonly folder: string;
}

const END_WITHIN_MS = 30_000;

/** A worker under test, from start to start. */
export class Subject implements AsyncDisposable {
  /** When each start was killed, by its name. */
  readonly killed = new Map<string, Span>();
  /** When each start was told to end, by its name. */
  readonly ended = new Map<string, Span>();
  /** When each start stood still, by its name. */
  readonly stopped = new Map<string, readonly Span[]>();
  readonly #options: SubjectOptions;
  readonly #mark = createMark();
  #starts = 0;
  #child: ChildProcess | undefined;
  #cage: Cage | undefined;
  #peakMiB = 0;
  #stoppedFrom = 0;

  constructor(options: SubjectOptions) {
    this.#options = options;
  }

  /** The most memory that all of its processes had at once, as far as somebody looked. */
  get peakMiB(): number {
    return this.#peakMiB;
  }

  get pids(): readonly number[] {
    const child = this.#child;
    if (child?.pid === undefined || this.#cage === undefined) return [];
    const inside = this.#cage.pids(child.pid);
    // One that has just been started is not in its cgroup yet.
    return hasEnded(child) || inside.includes(child.pid) ? inside : [child.pid, ...inside];
  }

  /** CPU time of this start, and of all that it has started. */
  get cpuMs(): number {
    const { pid } = this.#child ?? {};
    return pid === undefined ? 0 : (this.#cage?.cpuMs(pid) ?? 0);
  }

  start(): void {
    const { number, template, port, folder } = this.#options;
    this.#starts += 1;
    const values = { port, name: `chaos-${number}`, folder: join(folder, `worker-${number}`) };
    this.#cage = openCage(`chaos-${process.pid}-${number}-${this.#starts}`);
    const [file = "", ...args] = this.#cage.enter(template.map((word) => fill(word, values)));
    const log = openSync(join(folder, `worker-${number}.log`), "a");
    const env = { ...process.env, ...this.#mark.env, [START_VARIABLE]: this.#name };
    this.#child = spawn(file, args, { detached: true, env, stdio: ["ignore", log, log] });
    this.#child.once("error", () => {});
    closeSync(log);
  }

  /** As a container is killed, or a cgroup: all of its processes at once. */
  async kill(): Promise<void> {
    const from = uptime();
    await this.#end("SIGKILL");
    this.killed.set(this.#name, { from, to: uptime() });
  }

  stop(): void {
    this.#stoppedFrom = uptime();
    this.#signal("SIGSTOP");
  }

  goOn(): void {
    const span = { from: this.#stoppedFrom, to: uptime() };
    this.stopped.set(this.#name, [...(this.stopped.get(this.#name) ?? []), span]);
    this.#signal("SIGCONT");
  }

  /** As a service manager does: TERM to the main process, and KILL to all that is left after a while. */
  async end(): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined || hasEnded(child)) return;
    const from = uptime();
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    const late = pause(END_WITHIN_MS, "late", { ref: false });
    if ((await Promise.race([ended, late])) === "late") return this.kill();
    this.ended.set(this.#name, { from, to: uptime() });
    await this.#end("SIGKILL");
  }

  /** Looks how much memory it has. */
  look(): void {
    this.#peakMiB = Math.max(this.#peakMiB, readRssMiB(this.pids));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end("SIGKILL");
  }

  get #name(): string {
    return `${this.#options.number}#${this.#starts}`;
  }

  #signal(signal: NodeJS.Signals): void {
    for (const pid of this.pids) {
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended meanwhile.
      }
    }
  }

  /**
   * What it starts while it is killed is killed, too. All are stopped first, so that no worker sees its
   * plugins die, and answers for them.
   */
  async #end(signal: NodeJS.Signals): Promise<void> {
    while (this.pids.length > 0) {
      this.#signal("SIGSTOP");
      this.#signal(signal);
      await pause(5);
    }
    // No process leaves a cgroup by itself, and a look through all processes is slow.
    const isWhole = this.#cage !== undefined && this.#cage.how !== "process tree";
    for (const { pid } of isWhole ? [] : this.#mark.processes()) {
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended meanwhile.
      }
    }
    this.#cage?.remove();
    this.#cage = undefined;
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
