import { setTimeout as pause } from "node:timers/promises";
import type { Check } from "../../sdk/check.ts";
import type { Config } from "../config/config.ts";
import { type ConfigDiff, diffConfig } from "../config/diff.ts";
import type { GrabbedJob } from "../gearman/grabber/running-job.ts";
import type { Log } from "../log.ts";
import { createConfinements } from "../run/confinements.ts";
import { createJobContext } from "./job-context.ts";
import { type JobContext, performJob } from "./perform-job.ts";
import { dupserverSettings, jobServerSettings } from "./servers/server-settings.ts";
import { renderStatus } from "./status-queue.ts";
import type { WorkerListener } from "./worker-events.ts";
import { createWorkerParts, executorLimits, type WorkerParts } from "./worker-parts.ts";
import { type ReloadStatus, readStatus, type WorkerState, type WorkerStatus } from "./worker-status.ts";

export interface WorkerOptions {
  readonly config: Config;
  readonly checks: readonly Check[];
  /** The URL of a module with SNMP and SSH sessions for the checks of a site. */
  readonly sessions?: string | undefined;
  readonly log: Log;
  readonly version: string;
  readonly hostName: string;
  /** They are told what happens, after the log. */
  readonly listeners?: readonly WorkerListener[];
}

/**
 * How long `stop` waits for the reply to a grab: a server that hangs may never say whether it has a job for
 * us.
 */
const MAX_GRAB_WAIT_MS = 2_000;

/**
 * A worker in motion. Life: made → started → (reloaded, drained and resumed)* → stopped.
 *
 * A job is taken while a slot is free and the outbox is not full of results for its job server. It is
 * completed after a job server has its result. `stop` takes no more jobs, waits until those that run are
 * finished and delivered, and then closes. A job that is not done by then is neither completed nor failed, so
 * that gearmand gives it to another worker.
 */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #parts: WorkerParts;
  readonly #killed = Promise.withResolvers<void>();
  readonly #since = Date.now() / 1000;
  #config: Config;
  #context: JobContext;
  #lastReload: ReloadStatus | undefined;
  /** Connections to job servers are opened only in the state `open`. */
  #state: WorkerState = "made";
  /** Jobs that have ended without an answer while the worker stops. */
  #givenBack = 0;
  #started: Promise<void> | undefined;
  #stopped: Promise<boolean> | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#config = options.config;
    // It comes first: if it fails, nothing is open.
    const findConfinement = createConfinements(options.config);
    this.#parts = createWorkerParts({
      ...options,
      config: () => this.#config,
      onJob: (job) => void this.#take(job),
      renderStatus: () => renderStatus(this.status()),
    });
    this.#context = createJobContext(this.#config, this.#parts, findConfinement);
  }

  /** Jobs taken and not completed yet. */
  get running(): number {
    return this.#parts.inFlight.size;
  }

  /** What the worker is doing now. It is put together when it is asked for. */
  status(): WorkerStatus {
    return readStatus(this.#parts, {
      ...this.#options,
      state: this.#state,
      config: this.#config,
      since: this.#since,
      lastReload: this.#lastReload,
    });
  }

  /**
   * Jobs are taken as soon as commands can be run, which is before all warm shells are there; not at all when
   * `stop` came before.
   */
  start(): Promise<void> {
    this.#started ??= this.#start();
    return this.#started;
  }

  /**
   * Uses a new configuration as far as it can change while the worker runs. Connections are made anew where
   * their options have changed.
   */
  reload(config: Config): ConfigDiff {
    const { native, pool, limits, executor, events, summary, handlers } = this.#parts;
    const changed = diffConfig(this.#config, config, this.#options.config);
    // It comes first: if it fails, the next reload must find the same differences.
    this.#context = createJobContext(config, this.#parts);
    const isSplitAnew = !isSameSplit(this.#config, config);
    this.#config = config;
    void native.configure(config);
    limits.configure(config.queueMaxWorker);
    pool.configure(config); // it asks for jobs, by the new limits
    summary.configure(config.summaryInterval);
    handlers.configure(config);
    executor.configure(executorLimits(config));
    if (isSplitAnew || !changed.reconnect.every(isDupserverOption)) this.#openJobServers();
    if (changed.reconnect.some((option) => isDupserverOption(option) || isTlsOption(option)))
      this.#openDupservers();
    this.#lastReload = { time: Date.now() / 1000, changed };
    events.reloaded(changed);
    return changed;
  }

  /**
   * Takes no more jobs until `resume`; those under way are finished, and their results delivered. The queues
   * are taken back, the status queue too, so that other workers get the jobs. False: it is not open.
   */
  drain(): boolean {
    if (this.#state !== "open") return false;
    this.#state = "drained";
    this.#parts.jobServers.close();
    return true;
  }

  /** Takes jobs again after `drain`. False: it was not drained. */
  resume(): boolean {
    if (this.#state !== "drained") return false;
    this.#state = "open";
    this.#openJobServers();
    return true;
  }

  /**
   * Compares this share of the jobs until the next reload, in percent; `on` is the share of worker.conf.
   * Returns it. Undefined: the worker runs without native_checks=shadow, so it has nothing to compare.
   */
  setShadowShare(wanted: number | "on"): number | undefined {
    const { nativeChecks, shadowShare } = this.#config;
    if (nativeChecks !== "shadow") return undefined;
    const share = wanted === "on" ? shadowShare : wanted;
    this.#parts.native.shadow.configure({ share });
    return share;
  }

  /** Resolves when everything is closed, with whether every result was delivered. */
  stop(): Promise<boolean> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** Makes `stop` end at once. */
  kill(): void {
    this.#killed.resolve();
  }

  async #start(): Promise<void> {
    const { executor, native, kept, handlers } = this.#parts;
    kept.start(); // first: it may refuse, and nothing else is open then
    handlers.configure(this.#config);
    await Promise.all([executor.start(), native.configure(this.#config)]);
    if (this.#state !== "made") return;
    this.#state = "open";
    this.#parts.summary.configure(this.#config.summaryInterval);
    this.#openJobServers();
    this.#openDupservers();
    await executor.warmUp();
  }

  async #stop(): Promise<boolean> {
    this.#state = "stopping";
    this.#parts.ending.begin();
    this.#parts.shortage.stop();
    this.#parts.summary.stop();
    await this.#started?.catch(() => {}); // the caller of `start` is told
    const timeIsUp = pause(this.#config.shutdownTimeout * 1000, undefined, { ref: false });
    await Promise.race([this.#finish(), timeIsUp, this.#killed.promise]);
    const left = this.running + this.#givenBack;
    await this.#close(left);
    this.#state = "stopped";
    return left === 0;
  }

  /** Takes no more jobs, and waits for those that run and for those that are on their way. */
  async #finish(): Promise<void> {
    const { jobServers, inFlight } = this.#parts;
    const giveUp = pause(MAX_GRAB_WAIT_MS, undefined, { ref: false });
    await Promise.race([jobServers.drain(), giveUp]);
    await inFlight.whenEmpty();
    await jobServers.reclaimed();
    await inFlight.whenEmpty(); // instead of a job that was lost, another may have come
  }

  /** `left`: jobs that are not finished. */
  async #close(left: number): Promise<void> {
    const { native, executor, jobServers, dupservers, pool, log } = this.#parts;
    if (left > 0) log.warn(`${left} jobs are not finished and go back to gearmand`);
    void native.shadow.stop();
    executor.kill();
    await this.#closeOutbox();
    await Promise.all([jobServers.stop(), dupservers.stop()]);
    await executor.stop();
    await native.stop();
    pool.stop();
  }

  async #closeOutbox(): Promise<void> {
    const { log, outbox, kept } = this.#parts;
    const left = outbox.stop();
    await kept.stop();
    if (left === 0) return;
    const { folder, problem } = kept.status ?? { folder: undefined, problem: undefined };
    if (folder === undefined || problem !== undefined)
      log.error(`${left} results could not be delivered, their jobs go back to gearmand`);
    else log.warn(`${left} results could not be delivered, they wait in ${folder} for the next start`);
  }

  #openJobServers(): void {
    if (this.#state === "open") this.#parts.jobServers.open(jobServerSettings(this.#config));
  }

  #openDupservers(): void {
    if (this.#state === "open" || this.#state === "drained")
      this.#parts.dupservers.open(dupserverSettings(this.#config));
  }

  async #take(job: GrabbedJob): Promise<void> {
    const { inFlight, jobServers } = this.#parts;
    inFlight.begin(job);
    try {
      await performJob(job, this.#context);
    } catch (error) {
      this.#failed(job, error);
    } finally {
      inFlight.end(job);
      jobServers.wake(); // the outbox may have been full
    }
  }

  /**
   * The result could not be delivered, or the worker has a fault. While the worker stops the job gets no
   * answer: gearmand gives it to another worker when the connection closes. So it is with a job that a signal
   * has cut off, or that could not be started.
   */
  #failed(job: GrabbedJob, error: unknown): void {
    if (this.#state === "stopping" || this.#state === "stopped") {
      this.#givenBack += 1;
      return;
    }
    this.#parts.events.failed(job, error);
    job.fail();
  }
}

/** The same queues have a limit. Each of them has a connection of its own. */
function isSameSplit(one: Config, other: Config): boolean {
  const queues = ({ queueMaxWorker }: Config) => new Set(queueMaxWorker.map(({ queue }) => queue));
  return queues(one).symmetricDifference(queues(other)).size === 0;
}

/** Job servers and dupservers are spoken to in the same way. */
function isTlsOption(option: string): boolean {
  return option.startsWith("tls");
}

function isDupserverOption(option: string): boolean {
  return option.startsWith("dupserver");
}
