import type { Log } from "../../log.ts";
import { cannotStart, crashed, type Outcome, type Output } from "../../outcome/outcome.ts";
import { lackIn, NO_PROCESSES } from "../../outcome/shortage.ts";
import type { WarmCommand } from "../command.ts";
import { endGroup, signalGroup } from "../process-group.ts";
import type { RunRequest, Runs } from "../runs.ts";
import { OutputPipes } from "./output-pipes.ts";
import type { Template } from "./template.ts";
import { type TemplateLimits, TemplatePool } from "./template-pool.ts";
import type { WarmPlugin } from "./warm-plugin.ts";

export interface InterpretersOptions {
  readonly log: Log;
  readonly runs: Runs;
  readonly limits: TemplateLimits;
  /** Runs a plugin without a warm interpreter, if it proves not to work with one. `timeout` is in seconds. */
  readonly execute: (command: WarmCommand, timeout: number, signal?: AbortSignal) => Promise<Outcome>;
}

type WarmRequest = RunRequest<WarmCommand>;

/** A plugin that a template was asked to run. Life: requested → running → ended. */
interface Execution {
  readonly request: WarmRequest;
  readonly pipes: OutputPipes;
  readonly template: Template;
  /** The plugin's process, and its process group. Undefined: the template has not told yet that it runs. */
  pid: number | undefined;
}

const MAX_IDLE_PIPES = 32;
/** A template hangs if it does not begin a request this long after the deadline of the request. */
const PATIENCE_MS = 3_000;
/** The log tells that there is no room at most once in this time. */
const TELL_AGAIN_MS = 60 * 60_000;
/** After this many sudden ends of its template, a plugin gets no warm interpreter until its file changes. */
const MAX_DEATHS = 3;

/**
 * The warm interpreters. Every plugin that may have one gets a template, which is started for the first check
 * of the plugin, and again when the file of the plugin or one of its modules has changed.
 *
 * After a time-out the plugin's process group gets TERM, INT and KILL with a second between them, as with a
 * warm shell.
 */
export class Interpreters {
  readonly #log: Log;
  readonly #runs: Runs;
  readonly #execute: InterpretersOptions["execute"];
  readonly #templates: TemplatePool;
  /** How often the template of a file in one version was killed. */
  readonly #deaths = new Map<string, number>();
  /** By the id of their pipes. */
  readonly #executions = new Map<number, Execution>();
  readonly #idlePipes: OutputPipes[] = [];
  readonly #ending = new Set<Promise<void>>();
  #toldCrowdMs: number | undefined;
  #isStopped = false;

  constructor({ log, runs, limits, execute }: InterpretersOptions) {
    this.#log = log;
    this.#runs = runs;
    this.#execute = execute;
    this.#templates = new TemplatePool({ runs, limits, onExit: (...gone) => this.#exited(...gone) });
  }

  /** False: the plugin has proved not to work with a warm interpreter, or there is no room for one. */
  accepts(plugin: WarmPlugin): boolean {
    if ((this.#deaths.get(keyOf(plugin)) ?? 0) >= MAX_DEATHS) return false;
    const hasRoom = this.#templates.hasRoomFor(plugin);
    if (!hasRoom) this.#tellCrowd(plugin);
    return hasRoom;
  }

  /**
   * Forgets all templates, and what was learned about plugins: modules may have been installed or repaired.
   */
  configure(limits: TemplateLimits): void {
    this.#templates.configure(limits);
    this.#deaths.clear();
    this.#toldCrowdMs = undefined;
  }

  /** Runs one command. Never rejects. `timeout` is in seconds; `signal` cancels the run. */
  run(command: WarmCommand, timeout: number, signal?: AbortSignal): Promise<Outcome> {
    return new Promise((resolve) => {
      const deadlineMs = performance.now() + timeout * 1000;
      void this.#begin({ command, timeout, deadlineMs, signal, resolve });
    });
  }

  /** Kills all templates and what they run. */
  kill(): void {
    for (const { pid } of this.#executions.values()) if (pid !== undefined) signalGroup(pid, "SIGKILL");
    this.#templates.kill();
  }

  /** Ends everything that runs, and resolves when every process is gone. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const execution of [...this.#executions.values()])
      this.#cut(execution, crashed("the worker stopped"));
    await Promise.all(this.#ending);
    await this.#templates.stop();
    this.#closeIdlePipes();
  }

  #tellCrowd({ file }: WarmPlugin): void {
    const now = performance.now();
    if (this.#toldCrowdMs !== undefined && now - this.#toldCrowdMs < TELL_AGAIN_MS) return;
    this.#toldCrowdMs = now;
    const { size, memoryMib } = this.#templates;
    const fields = { plugin: file, kept: size, memoryMib: Math.round(memoryMib) };
    this.#log.warn(fields, "no room for more warm plugins, the least used are started anew for each check");
  }

  async #begin(request: WarmRequest): Promise<void> {
    try {
      const pipes = this.#idlePipes.pop() ?? (await this.#makePipes());
      if (this.#isStopped) {
        this.#close(pipes);
        request.resolve(crashed("the worker stopped"));
      } else this.#start(request, pipes);
    } catch (error) {
      const outcome = cannotStart(error);
      if (outcome.kind === "crashed") this.#log.error({ err: error }, "cannot start a plugin");
      request.resolve(outcome);
    }
  }

  async #makePipes(): Promise<OutputPipes> {
    const paths = await this.#runs.directory.take();
    try {
      return new OutputPipes(this.#runs.newId(), paths);
    } catch (error) {
      this.#runs.directory.remove(paths);
      throw error;
    }
  }

  #start(request: WarmRequest, pipes: OutputPipes): void {
    const { plugin, argv, env } = request.command;
    const template = this.#templates.get(plugin);
    const execution: Execution = { request, pipes, template, pid: undefined };
    this.#executions.set(pipes.id, execution);
    this.#runs.listen(pipes.id, (word) => this.#hear(execution, word));
    this.#runs.add(pipes, request, {
      ended: (returnCode, output) => this.#ended(execution, returnCode, output),
      timedOut: (output) => this.#cut(execution, { kind: "timed-out", after: request.timeout, ...output }),
      cancelled: () => this.#cut(execution, { kind: "crashed", error: request.signal?.reason }),
    });
    template.request({ pipes, args: argv.slice(1), env });
  }

  #hear(execution: Execution, word: string): void {
    if (word.startsWith("+")) execution.pid = Number(word.slice(1));
    else if (word === "!") this.#refuse(execution);
    else this.#startAfresh(execution);
  }

  /** The template cannot fork. */
  #refuse({ request, pipes }: Execution): void {
    this.#release(pipes);
    request.resolve({ kind: "not-started", lack: NO_PROCESSES });
  }

  /** The plugin, or one of its modules, has changed since the template compiled it. */
  #startAfresh({ request, pipes, template }: Execution): void {
    this.#templates.dismiss(template);
    this.#release(pipes);
    void this.#begin(request);
  }

  #ended(execution: Execution, returnCode: number, output: Output): void {
    const { request, pipes } = execution;
    const loss = this.#runs.findLoss(pipes.paths, returnCode, output);
    this.#release(pipes);
    if (loss !== undefined) this.#closeIdlePipes();
    request.resolve(loss ?? { kind: "exited", returnCode, ...output });
  }

  /** Ends a run before the plugin has ended. Its pipes are not used again. */
  #cut(execution: Execution, outcome: Outcome): void {
    const { request, pipes, pid } = execution;
    this.#forget(pipes);
    const ending = (
      pid === undefined ? this.#takeBack(execution) : endGroup((name) => signalGroup(pid, name))
    ).then(() => {
      this.#close(pipes);
      this.#ending.delete(ending);
    });
    this.#ending.add(ending);
    request.resolve(outcome);
  }

  /**
   * A request cannot be taken back from its template. If the template begins it, the plugin is killed at
   * once. A template that hangs is killed. One that is only late is not: it has yet to tell the ends of other
   * plugins.
   */
  async #takeBack({ pipes, template }: Execution): Promise<void> {
    this.#templates.dismiss(template);
    const begun = new Promise<void>((resolve) => {
      this.#runs.listen(pipes.id, (word) => {
        if (word.startsWith("+")) signalGroup(Number(word.slice(1)), "SIGKILL");
        resolve();
      });
    });
    const killTimer = setTimeout(() => template.kill(), template.state.kind === "ready" ? PATIENCE_MS : 0);
    await Promise.race([begun, template.exited]);
    clearTimeout(killTimer);
    this.#runs.listen(pipes.id);
  }

  #forget(pipes: OutputPipes): Output | undefined {
    this.#executions.delete(pipes.id);
    this.#runs.listen(pipes.id);
    return this.#runs.drop(pipes.id);
  }

  #release(pipes: OutputPipes): void {
    this.#forget(pipes);
    if (this.#idlePipes.length < MAX_IDLE_PIPES) this.#idlePipes.push(pipes);
    else this.#close(pipes);
  }

  #closeIdlePipes(): void {
    for (const pipes of this.#idlePipes.splice(0)) this.#close(pipes);
  }

  #close(pipes: OutputPipes): void {
    pipes.close();
    this.#runs.directory.remove(pipes.paths);
  }

  #exited(template: Template, isSudden: boolean): void {
    const wasKilled = template.state.kind === "ready" ? isSudden : readComplaint(template) === "";
    if (wasKilled && template.hasStarted && !this.#isStopped) this.#countDeath(template.plugin);
    for (const execution of [...this.#executions.values()])
      if (execution.template === template) this.#lose(execution);
  }

  #countDeath(plugin: WarmPlugin): void {
    const deaths = (this.#deaths.get(keyOf(plugin)) ?? 0) + 1;
    this.#deaths.set(keyOf(plugin), deaths);
    this.#log.warn({ plugin: plugin.file, deaths }, "a warm interpreter was killed");
  }

  /** The template is gone, so the return code will not be told any more, if the plugin ran at all. */
  #lose(execution: Execution): void {
    if (this.#runs.finish(execution.pipes.id)) return;
    if (execution.template.state.kind !== "ready") this.#giveUp(execution);
    else this.#cut(execution, crashed("the warm interpreter of the plugin was killed"));
  }

  /**
   * The template was never ready. The plugin is run without it, and if it cannot be warm, until its file
   * changes. A Perl plugin that does not compile is not run: it has the answer that the C worker gives.
   */
  #giveUp(execution: Execution): void {
    const { request, pipes, template } = execution;
    const { plugin, state } = template;
    const complaint = readComplaint(template);
    const why = lackIn(complaint) === undefined ? complaint : "";
    if (plugin.language === "perl" && state.kind === "starting" && why !== "") {
      this.#cut(execution, { kind: "not-compiled", plugin: plugin.file, complaint: why });
      return;
    }
    if (why !== "") {
      this.#log.info({ why }, `plugin ${plugin.file} cannot be kept warm, it is started anew for each check`);
      this.#deaths.set(keyOf(plugin), MAX_DEATHS);
    }
    this.#release(pipes);
    const timeout = Math.max(0, (request.deadlineMs - performance.now()) / 1000);
    this.#execute(request.command, timeout, request.signal).then(request.resolve);
  }

  /** How many templates there are. */
  get templates(): number {
    return this.#templates.size;
  }
}

/** Why a template is not ready, in its own words. */
function readComplaint({ state, complaint }: Template): string {
  return state.kind === "unfit" ? state.why : complaint;
}

function keyOf({ file, version }: WarmPlugin): string {
  return `${file}\n${version}`;
}
