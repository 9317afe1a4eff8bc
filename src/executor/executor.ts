import type { Log } from "../log.ts";
import type { Outcome } from "../outcome/outcome.ts";
import type { ReadMemory } from "./cgroup-memory.ts";
import type { Command, ShellCommand } from "./command.ts";
import { Guardian } from "./guardian.ts";
import { Interpreters } from "./interpreters/interpreters.ts";
import type { TemplateLimits } from "./interpreters/template-pool.ts";
import { MemoryGuard } from "./memory-guard.ts";
import type { PipeDirectory } from "./named-pipes.ts";
import type { OutputRoom } from "./output-room.ts";
import { Runs } from "./runs.ts";
import { Shells, type ShellsStatus } from "./shells/shells.ts";

export interface ExecutorOptions extends ExecutorLimits {
  readonly log: Log;
  readonly shellPath?: string;
  readonly directory?: PipeDirectory;
  /** Where outputs take room, if results do so, too. */
  readonly room?: OutputRoom;
  /** How full the cgroup is. */
  readonly readMemory?: ReadMemory;
  /** Whether plugins are ended at their time when this process was killed. */
  readonly isGuarded?: boolean;
}

export interface ExecutorLimits {
  /** How many shells stay, even if they are idle. */
  readonly warm: number;
  /** After how many seconds an idle shell ends that is more than `warm`. 0: never. */
  readonly idleTimeout: number;
  /** How many Perl and Python plugins are kept compiled, and in how much memory. */
  readonly templates?: TemplateLimits;
}

const USUAL_TEMPLATES: TemplateLimits = { most: 100, memoryMib: 512 };

/** What is kept warm just now. */
export interface ExecutorStatus {
  readonly shells: ShellsStatus;
  /** Templates of Perl and Python plugins. */
  readonly templates: number;
}

/** Runs commands. Everything that starts plugins is in here. Life: made → started → stopped. */
export class Executor {
  readonly #runs: Runs;
  readonly #shells: Shells;
  /** Of commands that are confined. No shell is kept for them without need. */
  readonly #confined: Shells;
  readonly #interpreters: Interpreters;
  readonly #memory: MemoryGuard;
  readonly #isGuarded: boolean;
  #guardian: Guardian | undefined;

  constructor({
    log,
    directory,
    room,
    shellPath,
    templates = USUAL_TEMPLATES,
    readMemory,
    isGuarded = false,
    ...limits
  }: ExecutorOptions) {
    this.#isGuarded = isGuarded;
    this.#runs = new Runs({ log, ...(directory && { directory }), ...(room && { room }) });
    const running = () => this.#runs.size;
    this.#memory = new MemoryGuard({ running, ...(readMemory && { read: readMemory }) });
    const common = { log, runs: this.#runs, ...limits, ...(shellPath && { shellPath }) };
    this.#shells = new Shells(common);
    this.#confined = new Shells({ ...common, warm: 0, areConfined: true });
    this.#interpreters = new Interpreters({
      log,
      runs: this.#runs,
      limits: templates,
      execute: ({ argv, env }, ...rest) => this.#shells.run({ via: "plugin", argv, env }, ...rest),
    });
  }

  /** Resolves when commands can be run. */
  async start(): Promise<void> {
    this.#runs.start();
    if (this.#isGuarded) this.#guardian = new Guardian(this.#runs.directory.path);
    await this.#shells.start();
  }

  /** Resolves when as many shells are there as are kept warm. Commands may run meanwhile. */
  warmUp(): Promise<void> {
    return this.#shells.warmUp();
  }

  configure(limits: ExecutorLimits): void {
    this.#shells.configure(limits);
    this.#confined.configure({ ...limits, warm: 0 });
    this.#interpreters.configure(limits.templates ?? USUAL_TEMPLATES);
  }

  /** Runs one command. Never rejects. `timeout` is in seconds; `signal` cancels the run. */
  run(command: Command, timeout: number, signal?: AbortSignal): Promise<Outcome> {
    const lack = this.#memory.lack();
    if (lack !== undefined) return Promise.resolve({ kind: "not-started", lack });
    this.#guardian?.expect(timeout);
    if (command.via !== "warm") return this.#shellsFor(command).run(command, timeout, signal);
    if (this.#interpreters.accepts(command.plugin)) return this.#interpreters.run(command, timeout, signal);
    return this.#shells.run({ ...command, via: "plugin" }, timeout, signal);
  }

  /** Kills everything that runs. */
  kill(): void {
    this.#shells.kill();
    this.#confined.kill();
    this.#interpreters.kill();
  }

  /** Ends everything that runs, and resolves when every process is gone. */
  async stop(): Promise<void> {
    await Promise.all([this.#shells.stop(), this.#confined.stop(), this.#interpreters.stop()]);
    await this.#guardian?.stop();
    this.#runs.stop();
  }

  get status(): ExecutorStatus {
    const [own, confined] = [this.#shells.status, this.#confined.status];
    return {
      shells: { busy: own.busy + confined.busy, idle: own.idle + confined.idle },
      templates: this.#interpreters.templates,
    };
  }

  #shellsFor({ confinement }: ShellCommand): Shells {
    return confinement === undefined ? this.#shells : this.#confined;
  }
}
