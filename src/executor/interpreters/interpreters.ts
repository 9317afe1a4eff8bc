import type { Log } from "../../log.ts";
import { crashed, type Outcome, type Output } from "../../outcome.ts";
import type { WarmCommand } from "../command.ts";
import { endGroup, signalGroup } from "../process-group.ts";
import type { Limits, Runs } from "../runs.ts";
import { cannotCompile } from "./perl-words.ts";
import { Seat } from "./seat.ts";
import type { Template } from "./template.ts";
import { type TemplateLimits, TemplatePool } from "./template-pool.ts";
import type { WarmPlugin } from "./warm-plugin.ts";

export interface InterpretersOptions {
  readonly log: Log;
  readonly runs: Runs;
  readonly limits: TemplateLimits;
  /** Starts a plugin that turns out not to go with a warm interpreter as any other. `timeout` in seconds. */
  readonly execute: (command: WarmCommand, timeout: number, signal?: AbortSignal) => Promise<Outcome>;
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
}

const MAX_IDLE_SEATS = 32;
/** A template that does not come to a request so long after its deadline hangs. */
const PATIENCE_MS = 3_000;
const TELL_AGAIN_MS = 60 * 60_000;
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
  readonly #templates: TemplatePool;
  /** File and version → how often its template died. */
  readonly #deaths = new Map<string, number>();
  readonly #flights = new Map<number, Flight>();
  readonly #idleSeats: Seat[] = [];
  readonly #ending = new Set<Promise<void>>();
  #toldCrowdMs: number | undefined;
  #isStopped = false;

  constructor({ log, runs, limits, execute }: InterpretersOptions) {
    this.#log = log;
    this.#runs = runs;
    this.#execute = execute;
    this.#templates = new TemplatePool({ runs, limits, onExit: (...gone) => this.#exited(...gone) });
  }

  /** False for a plugin that has shown that it does not go well with being warm, or for which there is no room. */
  accepts(plugin: WarmPlugin): boolean {
    if ((this.#deaths.get(keyOf(plugin)) ?? 0) >= MAX_DEATHS) return false;
    const hasRoom = this.#templates.hasRoomFor(plugin);
    if (!hasRoom) this.#tellCrowd(plugin);
    return hasRoom;
  }

  /** What is kept, and what was learned of plugins, is forgotten: modules may have been installed or mended. */
  configure(limits: TemplateLimits): void {
    this.#templates.configure(limits);
    this.#deaths.clear();
    this.#toldCrowdMs = undefined;
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
    this.#templates.kill();
  }

  /** What still runs is ended without a result; resolves when every process is gone. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const flight of [...this.#flights.values()]) this.#cut(flight, crashed("the worker stopped"));
    await Promise.all(this.#ending);
    await this.#templates.stop();
    this.#closeIdleSeats();
  }

  #tellCrowd({ file }: WarmPlugin): void {
    const now = performance.now();
    if (this.#toldCrowdMs !== undefined && now - this.#toldCrowdMs < TELL_AGAIN_MS) return;
    this.#toldCrowdMs = now;
    const { size, memoryMib } = this.#templates;
    const fields = { plugin: file, kept: size, memoryMib: Math.round(memoryMib) };
    this.#log.warn(fields, "no room for more warm plugins, the least used are started anew for each check");
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
    try {
      return new Seat(this.#runs.newId(), fifos);
    } catch (error) {
      this.#runs.directory.remove(fifos);
      throw error;
    }
  }

  #fly(order: Order, seat: Seat): void {
    const { plugin, argv, env } = order.command;
    const template = this.#templates.get(plugin);
    const flight: Flight = { order, seat, template, pid: undefined };
    this.#flights.set(seat.id, flight);
    this.#runs.listen(seat.id, (word) => this.#hear(flight, word));
    this.#runs.add(seat, order, {
      ended: (returnCode, output) => this.#ended(flight, returnCode, output),
      timeIsUp: (output) => this.#cut(flight, { kind: "timed-out", after: order.timeout, ...output }),
      isUnwanted: () => this.#cut(flight, { kind: "crashed", error: order.signal?.reason }),
    });
    template.request({ seat, args: argv.slice(1), env });
  }

  #hear(flight: Flight, word: string): void {
    if (word.startsWith("+")) flight.pid = Number(word.slice(1));
    else this.#startAfresh(flight);
  }

  /** The plugin is not what the template has compiled any more. */
  #startAfresh({ order, seat, template }: Flight): void {
    this.#templates.dismiss(template);
    this.#release(seat);
    void this.#begin(order);
  }

  #ended(flight: Flight, returnCode: number, output: Output): void {
    const { order, seat } = flight;
    const loss = this.#runs.findLoss(seat.fifos, returnCode, output);
    this.#release(seat);
    if (loss !== undefined) this.#closeIdleSeats();
    order.resolve(loss ?? { kind: "exited", returnCode, ...output });
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

  /**
   * A request that may still be waiting cannot be taken back, only be ended as soon as it is begun. The template is killed where it
   * hangs; one that is merely late still has other plugins to tell of.
   */
  async #takeBack({ seat, template }: Flight): Promise<void> {
    this.#templates.dismiss(template);
    const begun = new Promise<void>((resolve) => {
      this.#runs.listen(seat.id, (word) => {
        if (word.startsWith("+")) signalGroup(Number(word.slice(1)), "SIGKILL");
        resolve();
      });
    });
    const killTimer = setTimeout(() => template.kill(), template.isReady ? PATIENCE_MS : 0);
    await Promise.race([begun, template.exited]);
    clearTimeout(killTimer);
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

  #closeIdleSeats(): void {
    for (const seat of this.#idleSeats.splice(0)) this.#close(seat);
  }

  #close(seat: Seat): void {
    seat.close();
    this.#runs.directory.remove(seat.fifos);
  }

  #exited(template: Template, isSudden: boolean): void {
    const { plugin, isReady, refusal, complaint } = template;
    const wasKilled = isReady ? isSudden : (refusal ?? complaint) === "";
    if (wasKilled && !this.#isStopped) this.#countDeath(plugin);
    for (const flight of [...this.#flights.values()]) if (flight.template === template) this.#lose(flight);
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

  /** It is run as any other, and if it cannot be warm, until its file changes. For Perl the C worker has words. */
  #giveUp(flight: Flight): void {
    const { order, seat, template } = flight;
    const { plugin, refusal, complaint } = template;
    if (plugin.language === "perl" && refusal === undefined && complaint !== "") {
      this.#cut(flight, cannotCompile(plugin.file, complaint));
      return;
    }
    const why = refusal ?? complaint;
    if (why !== "") {
      this.#log.info({ why }, `plugin ${plugin.file} cannot be kept warm, it is started anew for each check`);
      this.#deaths.set(keyOf(plugin), MAX_DEATHS);
    }
    this.#release(seat);
    const timeout = Math.max(0, (order.deadlineMs - performance.now()) / 1000);
    this.#execute(order.command, timeout, order.signal).then(order.resolve);
  }
}

function keyOf({ file, version }: WarmPlugin): string {
  return `${file}\n${version}`;
}
