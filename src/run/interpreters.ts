import type { ByteString } from "../byte-string.ts";
import type { Log } from "../log.ts";
import type { Environment } from "./command-text.ts";
import { crashed, type Outcome, type Output } from "./outcome.ts";
import { cannotCompile, withoutExit } from "./perl-words.ts";
import { endGroup, signalGroup } from "./process-group.ts";
import type { Limits, Runs } from "./runs.ts";
import { Seat } from "./seat.ts";
import { Template } from "./template.ts";
import type { WarmPlugin } from "./warm-plugin.ts";

export interface InterpretersOptions {
  readonly log: Log;
  readonly runs: Runs;
  /** Starts a plugin that turns out not to go with a warm interpreter as any other. `timeout` in seconds. */
  readonly execute: (command: WarmCommand, timeout: number, signal?: AbortSignal) => Promise<Outcome>;
}

/** A command line whose plugin is run by a warm interpreter. */
export interface WarmCommand {
  readonly via: "warm";
  readonly plugin: WarmPlugin;
  /** The plugin is the first word. */
  readonly argv: readonly ByteString[];
  readonly env: Environment;
}

interface Order extends Limits {
  readonly command: WarmCommand;
  /** Seconds. */
  readonly timeout: number;
  readonly resolve: (outcome: Outcome) => void;
}

/** A check under way. */
interface Flight {
  readonly order: Order;
  readonly seat: Seat;
  readonly template: Template;
  /** Of the plugin's process, and its group; undefined until the template has told it. */
  pid: number | undefined;
  /** The plugin came to its end without calling exit. */
  isWithoutExit: boolean;
}

/** A plugin nobody has asked for so long is forgotten: longer than any usual check interval. */
const IDLE_MS = 15 * 60_000;
const SWEEP_MS = 60_000;
const MAX_TEMPLATES = 100;
const MAX_IDLE_SEATS = 32;
/** Beyond so many sudden deaths of its template a plugin is executed, until its file changes. */
const MAX_DEATHS = 3;

/**
 * The warm interpreters: a template for every plugin that may have one, started when the plugin is first asked for
 * and again when its file or a module of its has changed.
 *
 * After a time-out the plugin's process group gets TERM, INT and KILL a second apart, as with a warm shell.
 */
export class Interpreters {
  readonly #log: Log;
  readonly #runs: Runs;
  readonly #execute: InterpretersOptions["execute"];
  readonly #templates = new Map<ByteString, Template>();
  /** Replaced ones too, until they are gone. */
  readonly #living = new Set<Template>();
  /** File and version → how often its template died. */
  readonly #deaths = new Map<string, number>();
  readonly #flights = new Map<number, Flight>();
  readonly #idleSeats: Seat[] = [];
  readonly #ending = new Set<Promise<void>>();
  #sweepTimer: NodeJS.Timeout | undefined;
  #gone: (() => void) | undefined;
  #isStopped = false;

  constructor({ log, runs, execute }: InterpretersOptions) {
    this.#log = log;
    this.#runs = runs;
    this.#execute = execute;
  }

  /** Processes that wait for requests. */
  get size(): number {
    return this.#living.size;
  }

  /** False for a plugin that has shown that it does not go well with being warm. */
  accepts(plugin: WarmPlugin): boolean {
    return (this.#deaths.get(keyOf(plugin)) ?? 0) < MAX_DEATHS;
  }

  /** Runs one command; never rejects. `timeout` in seconds; `signal` ends it before. */
  run(command: WarmCommand, timeout: number, signal?: AbortSignal): Promise<Outcome> {
    return new Promise((resolve) => {
      const deadlineMs = performance.now() + timeout * 1000;
      void this.#begin({ command, timeout, deadlineMs, signal, resolve });
    });
  }

  /** Ends everything that runs, at once and without a result. */
  kill(): void {
    for (const { pid } of this.#flights.values()) if (pid !== undefined) signalGroup(pid, "SIGKILL");
    for (const template of this.#living) template.kill();
  }

  /** What still runs is ended without a result; resolves when every process is gone. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#sweepTimer);
    for (const flight of [...this.#flights.values()]) this.#cut(flight, crashed("the worker stopped"));
    await Promise.all(this.#ending);
    for (const template of this.#living) template.end();
    if (this.#living.size > 0)
      await new Promise<void>((resolve) => {
        this.#gone = resolve;
      });
    for (const seat of this.#idleSeats.splice(0)) this.#close(seat);
  }

  async #begin(order: Order): Promise<void> {
    try {
      const seat = this.#idleSeats.pop() ?? (await this.#makeSeat());
      if (this.#isStopped) {
        this.#close(seat);
        order.resolve(crashed("the worker stopped"));
      } else this.#fly(order, seat);
    } catch (error) {
      this.#log.error({ err: error }, "cannot start a plugin");
      order.resolve({ kind: "crashed", error });
    }
  }

  async #makeSeat(): Promise<Seat> {
    const fifos = await this.#runs.directory.take();
    return new Seat(this.#runs.newId(), fifos);
  }

  #fly(order: Order, seat: Seat): void {
    const { plugin, argv, env } = order.command;
    const template = this.#templateFor(plugin);
    const flight: Flight = { order, seat, template, pid: undefined, isWithoutExit: false };
    this.#flights.set(seat.id, flight);
    this.#runs.listen(seat.id, (word) => this.#hear(flight, word));
    this.#runs.add(seat, order, {
      ended: (returnCode, output) => this.#land(flight, readOutcome(flight, returnCode, output)),
      timeIsUp: (output) => this.#cut(flight, { kind: "timed-out", after: order.timeout, ...output }),
      isUnwanted: () => this.#cut(flight, { kind: "crashed", error: order.signal?.reason }),
    });
    template.request({ seat, args: argv.slice(1), env });
  }

  #templateFor(plugin: WarmPlugin): Template {
    const there = this.#templates.get(plugin.file);
    if (there?.plugin.version === plugin.version) return there;
    if (there !== undefined) this.#dismiss(there);
    if (this.#templates.size >= MAX_TEMPLATES) this.#dismissOldest();
    const id = this.#runs.newId();
    const template = new Template({
      ...{ id, plugin, statusFd: this.#runs.statusFd },
      onExit: (gone) => this.#exited(gone),
    });
    this.#templates.set(plugin.file, template);
    this.#living.add(template);
    this.#runs.listen(id, (word) => template.hear(word));
    this.#sweepTimer ??= setTimeout(this.#sweep, SWEEP_MS).unref();
    return template;
  }

  #hear(flight: Flight, word: string): void {
    if (word.startsWith("+")) flight.pid = Number(word.slice(1));
    else if (word === "!") flight.isWithoutExit = true;
    else this.#startAfresh(flight);
  }

  /** The plugin is not what the template has compiled any more. */
  #startAfresh({ order, seat, template }: Flight): void {
    this.#dismiss(template);
    this.#release(seat);
    void this.#begin(order);
  }

  #land({ order, seat }: Flight, outcome: Outcome): void {
    this.#release(seat);
    order.resolve(outcome);
  }

  /** Ends a run before its end; its pipes are not used again. */
  #cut(flight: Flight, outcome: Outcome): void {
    const { order, seat, pid } = flight;
    this.#forget(seat);
    const ending = (
      pid === undefined ? this.#takeBack(flight) : endGroup((name) => signalGroup(pid, name))
    ).then(() => {
      this.#close(seat);
      this.#ending.delete(ending);
    });
    this.#ending.add(ending);
    order.resolve(outcome);
  }

  /** A request that may still be waiting: nothing but the template's end takes it back. */
  async #takeBack({ seat, template }: Flight): Promise<void> {
    this.#dismiss(template);
    this.#runs.listen(seat.id, (word) => {
      if (word.startsWith("+")) signalGroup(Number(word.slice(1)), "SIGKILL"); // just started all the same
    });
    template.kill();
    await template.exited;
    this.#runs.listen(seat.id);
  }

  #forget(seat: Seat): Output | undefined {
    this.#flights.delete(seat.id);
    this.#runs.listen(seat.id);
    return this.#runs.drop(seat.id);
  }

  #release(seat: Seat): void {
    this.#forget(seat);
    if (this.#idleSeats.length < MAX_IDLE_SEATS) this.#idleSeats.push(seat);
    else this.#close(seat);
  }

  #close(seat: Seat): void {
    seat.close();
    this.#runs.directory.remove(seat.fifos);
  }

  /** Gives it nothing more to do; it ends when its plugins have. */
  #dismiss(template: Template): void {
    if (this.#templates.get(template.plugin.file) === template) this.#templates.delete(template.plugin.file);
    template.end();
  }

  #dismissOldest(): void {
    const [oldest] = [...this.#templates.values()].sort((a, b) => a.lastUsedMs - b.lastUsedMs);
    if (oldest !== undefined) this.#dismiss(oldest);
  }

  readonly #sweep = (): void => {
    const longAgo = performance.now() - IDLE_MS;
    for (const template of this.#templates.values())
      if (template.lastUsedMs < longAgo) this.#dismiss(template);
    this.#sweepTimer = this.#templates.size > 0 ? setTimeout(this.#sweep, SWEEP_MS).unref() : undefined;
  };

  #exited(template: Template): void {
    const { plugin } = template;
    this.#living.delete(template);
    this.#runs.listen(template.id);
    const mine = [...this.#flights.values()].filter((flight) => flight.template === template);
    if (this.#templates.get(plugin.file) === template) {
      this.#templates.delete(plugin.file);
      if (template.isReady) this.#countDeath(plugin);
    }
    for (const flight of mine) this.#lose(flight);
    if (this.#living.size === 0) this.#gone?.();
  }

  #countDeath(plugin: WarmPlugin): void {
    const deaths = (this.#deaths.get(keyOf(plugin)) ?? 0) + 1;
    this.#deaths.set(keyOf(plugin), deaths);
    this.#log.warn({ plugin: plugin.file, deaths }, "a warm interpreter was killed");
  }

  /** Its template is gone. Nobody can tell its return code any more, if it ran at all. */
  #lose(flight: Flight): void {
    if (this.#runs.finish(flight.seat.id)) return;
    const { template } = flight;
    if (template.isReady) this.#cut(flight, crashed("the warm interpreter of the plugin was killed"));
    else this.#giveUp(flight);
  }

  /** It cannot be warm: it is run as any other, now and until its file changes. For Perl the C worker has words. */
  #giveUp(flight: Flight): void {
    const { order, seat, template } = flight;
    const { plugin, refusal, complaint } = template;
    if (plugin.language === "perl" && refusal === undefined && complaint !== "") {
      this.#cut(flight, cannotCompile(plugin.file, complaint));
      return;
    }
    const why = refusal ?? complaint;
    this.#log.info({ why }, `plugin ${plugin.file} cannot be kept warm, it is started anew for each check`);
    this.#deaths.set(keyOf(plugin), MAX_DEATHS);
    this.#release(seat);
    const timeout = Math.max(0, (order.deadlineMs - performance.now()) / 1000);
    this.#execute(order.command, timeout, order.signal).then(order.resolve);
  }
}

function readOutcome({ isWithoutExit, order }: Flight, returnCode: number, output: Output): Outcome {
  const said = isWithoutExit ? withoutExit(order.command.plugin.file, output) : output;
  return { kind: "exited", returnCode, ...said };
}

function keyOf({ file, version }: WarmPlugin): string {
  return `${file}\n${version}`;
}
