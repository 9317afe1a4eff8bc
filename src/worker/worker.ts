import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Check } from "../../sdk/check.ts";
import { MAX_TIMEOUT_MS } from "../../sdk/deadline.ts";
import type { Config } from "../config/config.ts";
import { type ConfigDiff, diffConfig } from "../config/diff.ts";
import { Executor, type ExecutorLimits } from "../executor/executor.ts";
import type { ConnectionTiming } from "../gearman/connection.ts";
import type { GrabbedJob } from "../gearman/grabber.ts";
import { Orphans } from "../gearman/orphans.ts";
import { renderServerAddress } from "../gearman/server-address.ts";
import type { Job } from "../job/job.ts";
import { queueNames } from "../job/queues.ts";
import type { Log } from "../log.ts";
import { Outbox } from "../result/outbox.ts";
import type { Ran } from "../run/run.ts";
import { createLine } from "./create-line.ts";
import { Duplicates } from "./duplicates.ts";
import { createLoadGuard } from "./host-load.ts";
import { Link } from "./link.ts";
import { NativeSide } from "./native-side.ts";
import { type Line, performJob } from "./perform-job.ts";
import { Pool } from "./pool.ts";
import { Seldom } from "./seldom.ts";
import { renderStatus, statusQueueName } from "./status-queue.ts";

export interface WorkerOptions {
  readonly config: Config;
  readonly checks: readonly Check[];
  readonly log: Log;
  readonly version: string;
  readonly hostName: string;
  /** Hears of every run, for who shows them. */
  readonly onRun?: (job: Job, ran: Ran) => void;
}

/** With so many results undelivered no more jobs are taken. */
const FULL_OUTBOX = 5000;
/** A job assigned to us in the last moment is waited for like this … */
const LOOK_MS = 50;
/** … but not for ever: a server that hangs need not be asked whether it has one. */
const ANSWER_WITHIN_MS = 2_000;

/**
 * The whole in motion. Life: made → started → (reloaded)* → stopped.
 *
 * A job is taken while a slot is free and the outbox not full, and completed after a job server has its result.
 * `stop` takes no more jobs, lets those that run finish and be delivered, and then closes; what is not done by
 * then is neither completed nor answered, so that gearmand gives it to another worker.
 */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #log: Log;
  readonly #pool: Pool;
  readonly #executor: Executor;
  readonly #native: NativeSide;
  readonly #outbox: Outbox;
  readonly #orphans: Orphans;
  readonly #seldom: Seldom;
  readonly #underWay = new Set<Promise<void>>();
  #config: Config;
  #line: Line;
  #links: readonly Link[] = [];
  /** Of an earlier configuration, until the last job that came over them is completed. */
  readonly #retired = new Set<Link>();
  #duplicates: readonly Duplicates[] = [];
  #taken = 0;
  #done = 0;
  readonly #killed = Promise.withResolvers<void>();
  #started: Promise<void> | undefined;
  #isOpen = false;
  #stopped: Promise<boolean> | undefined;

  constructor(options: WorkerOptions) {
    const { config, log } = options;
    this.#options = options;
    this.#config = config;
    this.#log = log;
    const mayGrow = createLoadGuard(() => this.#config, log);
    this.#pool = new Pool(config, mayGrow, () => this.#wake());
    this.#executor = new Executor({ log, ...executorLimits(config) });
    this.#native = new NativeSide(options);
    this.#orphans = new Orphans({ log });
    this.#seldom = new Seldom(log);
    this.#outbox = new Outbox({
      doors: () => this.#links,
      retired: () => this.#retired,
      log,
      prefix: randomUUID(),
    });
    this.#line = this.#createLine();
  }

  /** Jobs taken and not completed yet. */
  get running(): number {
    return this.#underWay.size;
  }

  /** Jobs are taken when all is there that runs them; not at all when `stop` has come before. */
  start(): Promise<void> {
    this.#started ??= this.#start();
    return this.#started;
  }

  /** Takes over what can be changed while it runs; connections are made anew where their options changed. */
  reload(config: Config): ConfigDiff {
    const diff = diffConfig(this.#config, config);
    this.#config = config;
    this.#line = this.#createLine();
    void this.#native.configure(config);
    this.#pool.configure(config);
    this.#executor.configure(executorLimits(config));
    if (!this.#isOpen) return diff;
    if (!diff.reconnect.every(isOfDuplicates)) this.#reconnect();
    if (diff.reconnect.some(isOfDuplicates)) this.#reopenDuplicates();
    return diff;
  }

  /** Resolves, with whether every result was delivered, when all is closed. */
  stop(): Promise<boolean> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** Makes `stop` end at once. */
  kill(): void {
    this.#killed.resolve();
  }

  async #start(): Promise<void> {
    await Promise.all([this.#executor.start(), this.#native.configure(this.#config)]);
    if (this.#stopped !== undefined) return;
    this.#isOpen = true;
    this.#links = this.#openLinks();
    this.#duplicates = this.#openDuplicates();
  }

  async #stop(): Promise<boolean> {
    await this.#started?.catch(() => {}); // whoever called `start` hears of it
    for (const link of this.#links) link.pause();
    const timeIsUp = pause(this.#config.shutdownTimeout * 1000, undefined, { ref: false });
    const waiting = new AbortController();
    await Promise.race([this.#finish(waiting.signal), timeIsUp, this.#killed.promise]);
    waiting.abort();
    const left = this.#underWay.size;
    if (left > 0) this.#log.warn(`${left} jobs are not finished and go back to gearmand`);
    void this.#native.shadow.stop();
    this.#executor.kill();
    const lost = this.#outbox.stop();
    if (lost > 0) this.#log.error(`${lost} results could not be delivered, their jobs go back to gearmand`);
    await Promise.all([...this.#allLinks(), ...this.#duplicates].map((each) => each.stop()));
    await this.#executor.stop();
    await this.#native.stop();
    this.#pool.stop();
    return left === 0;
  }

  #createLine(): Line {
    return createLine({
      config: this.#config,
      native: this.#native,
      log: this.#log,
      pool: this.#pool,
      executor: this.#executor,
      onRun: this.#options.onRun,
      send: (parcel, copy) => {
        for (const duplicates of this.#duplicates) duplicates.send({ ...parcel, workload: copy });
        return this.#outbox.deliver(parcel);
      },
    });
  }

  #openLinks(): readonly Link[] {
    const { identifier, server } = this.#config;
    const links: readonly Link[] = server.map(
      (address) =>
        new Link({
          server: address,
          queues: queueNames(this.#config),
          statusQueue: statusQueueName(identifier),
          log: this.#log,
          room: (link) => this.#room(link),
          onRoomLeft: () => this.#wake(),
          orphans: this.#orphans,
          onJob: (job) => this.#take(job),
          onStatus: (job) => job.complete(Buffer.from(this.#renderStatus(), "latin1")),
          onResultsOpen: () => this.#outbox.flush(),
          timing: connectionTiming(this.#config),
        }),
    );
    for (const link of links) link.start();
    return links;
  }

  /** One that stays keeps its connection, and the copies that wait for it. */
  #openDuplicates(): readonly Duplicates[] {
    const { dupserver, dupserverBacklogQueueSize: limit } = this.#config;
    return dupserver.map((server) => {
      const kept = this.#duplicates.find(({ name }) => name === renderServerAddress(server));
      const duplicates = kept ?? new Duplicates(server, limit, this.#log, connectionTiming(this.#config));
      duplicates.setLimit(limit);
      duplicates.start();
      return duplicates;
    });
  }

  /** New connections at once; the old ones go when their last job is completed. */
  #reconnect(): void {
    for (const link of this.#links) {
      link.pause();
      void this.#retire(link);
    }
    this.#links = this.#openLinks();
  }

  async #retire(link: Link): Promise<void> {
    this.#retired.add(link);
    while (link.isBusy) await pause(LOOK_MS, undefined, { ref: false });
    this.#retired.delete(link);
    await link.stop();
  }

  #reopenDuplicates(): void {
    const opened = this.#openDuplicates();
    for (const duplicates of this.#duplicates) if (!opened.includes(duplicates)) void duplicates.stop();
    this.#duplicates = opened;
  }

  #allLinks(): readonly Link[] {
    return [...this.#links, ...this.#retired];
  }

  /** Slots free, less the jobs other servers may send at any moment. */
  #room(asking: Link): number {
    if (this.#outbox.size >= FULL_OUTBOX) return 0;
    let coming = 0;
    for (const link of this.#allLinks()) if (link !== asking) coming += link.outstandingGrabs;
    return this.#pool.room - coming;
  }

  /** After each job another one comes first, so that none starves while one has more jobs than we can do. */
  #wake(): void {
    const { length } = this.#links;
    for (let i = 0; i < length; i++) this.#links[(this.#taken + i) % length]?.wake();
  }

  #take(grabbed: GrabbedJob): void {
    this.#taken += 1;
    const job = performJob(grabbed, this.#line)
      .catch((error: unknown) => this.#failed(grabbed, error))
      .finally(() => {
        this.#underWay.delete(job);
        this.#done += 1;
        this.#wake(); // the outbox may have been full
      });
    this.#underWay.add(job);
  }

  /** The result could not be delivered, or we have a fault: without an answer the job goes back when we close. */
  #failed(grabbed: GrabbedJob, error: unknown): void {
    if (this.#stopped !== undefined) return;
    const fields = { err: error, handle: grabbed.handle, queue: grabbed.queue };
    this.#seldom.error("job", fields, "cannot finish a job");
    grabbed.fail();
  }

  #renderStatus(): string {
    const { version, hostName } = this.#options;
    const { minWorker, maxWorker } = this.#config;
    const { size: workers, busy } = this.#pool;
    return renderStatus({ hostName, version, workers, busy, minWorker, maxWorker, jobs: this.#done });
  }

  /** Waits for all jobs, those too that were on their way when we stopped asking. */
  async #finish(signal: AbortSignal): Promise<void> {
    const giveUpMs = performance.now() + ANSWER_WITHIN_MS;
    const mayCome = () =>
      performance.now() < giveUpMs && this.#allLinks().some((link) => link.outstandingGrabs > 0);
    const isBusy = () => this.#underWay.size > 0 || mayCome();
    while (!signal.aborted && isBusy()) {
      await (this.#underWay.size > 0 ? Promise.all(this.#underWay) : pause(LOOK_MS));
    }
  }
}

function isOfDuplicates(option: string): boolean {
  return option.startsWith("dupserver");
}

function connectionTiming({ gearmanConnectionTimeout }: Config): Partial<ConnectionTiming> {
  return { connectWithinMs: gearmanConnectionTimeout || MAX_TIMEOUT_MS };
}

function executorLimits({ minWorker, idleTimeout, warmMax, warmMemory }: Config): ExecutorLimits {
  return { warm: minWorker, idleTimeout, templates: { most: warmMax, memoryMib: warmMemory } };
}
