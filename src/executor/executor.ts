import type { Log } from "../log.ts";
import type { Outcome } from "../outcome.ts";
import type { Command } from "./command.ts";
import type { FifoDirectory } from "./fifos.ts";
import { Interpreters } from "./interpreters/interpreters.ts";
import type { TemplateLimits } from "./interpreters/template-pool.ts";
import { Runs } from "./runs.ts";
import { Shells } from "./shells/shells.ts";

export interface ExecutorOptions extends ExecutorLimits {
  readonly log: Log;
  readonly shellPath?: string;
  readonly directory?: FifoDirectory;
}

export interface ExecutorLimits {
  /** Shells that stay warm however idle they are. */
  readonly warm: number;
  /** Seconds after which a shell beyond `warm` ends; 0: never. */
  readonly idleTimeout: number;
  /** How many Perl and Python plugins are kept compiled, and in how much memory. */
  readonly templates?: TemplateLimits;
}

const USUAL_TEMPLATES: TemplateLimits = { most: 100, memoryMib: 512 };

/** Everything that starts plugins. Life: made → started → stopped. */
export class Executor {
  readonly #runs: Runs;
  readonly #shells: Shells;
  readonly #interpreters: Interpreters;

  constructor({ log, directory, shellPath, templates = USUAL_TEMPLATES, ...limits }: ExecutorOptions) {
    this.#runs = new Runs({ log, ...(directory && { directory }) });
    this.#shells = new Shells({ log, runs: this.#runs, ...limits, ...(shellPath && { shellPath }) });
    this.#interpreters = new Interpreters({
      ...{ log, runs: this.#runs, limits: templates },
      execute: ({ argv, env }, ...rest) => this.#shells.run({ via: "plugin", argv, env }, ...rest),
    });
  }

  /** Shells that are there, busy or idle. */
  get size(): number {
    return this.#shells.size;
  }

  async start(): Promise<void> {
    this.#runs.start();
    await this.#shells.start();
  }

  configure(limits: ExecutorLimits): void {
    this.#shells.configure(limits);
    this.#interpreters.configure(limits.templates ?? USUAL_TEMPLATES);
  }

  /** Runs one command; never rejects. `timeout` in seconds; `signal` ends it before. */
  run(command: Command, timeout: number, signal?: AbortSignal): Promise<Outcome> {
    if (command.via !== "warm") return this.#shells.run(command, timeout, signal);
    if (this.#interpreters.accepts(command.plugin)) return this.#interpreters.run(command, timeout, signal);
    return this.#shells.run({ ...command, via: "plugin" }, timeout, signal);
  }

  /** Ends everything that runs, at once and without a result. */
  kill(): void {
    this.#shells.kill();
    this.#interpreters.kill();
  }

  /** What still runs is ended without a result; resolves when every process is gone. */
  async stop(): Promise<void> {
    await Promise.all([this.#shells.stop(), this.#interpreters.stop()]);
    this.#runs.stop();
  }
}
