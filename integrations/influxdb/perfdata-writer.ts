import { join } from "node:path";
import type { Log } from "../../src/log.ts";
import { createEnvelope } from "../../src/payload/crypt.ts";
import { keyFromPassword } from "../../src/payload/key.ts";
import { Annotator } from "./annotations/annotator.ts";
import { Backlog } from "./delivery/backlog.ts";
import type { BatchLimits } from "./delivery/batch.ts";
import { InfluxSink } from "./delivery/influx-sink.ts";
import { PnpSink } from "./delivery/pnp-sink.ts";
import { createPoster, type Poster } from "./delivery/post-lines.ts";
import { RejectedLines } from "./delivery/rejected-lines.ts";
import { Distributor, PERFDATA_BEGINS } from "./distributor.ts";
import { Intake } from "./intake.ts";
import type { PerfdataConfig } from "./options/table.ts";
import type { PerfdataStatus } from "./render-metrics.ts";

const MIB = 1024 * 1024;

/**
 * Writes the perfdata of gearmand's queue into databases. Life: `open` → `start` → `stop`. A job is completed
 * when each database, or its spool, has all lines of it.
 */
export class PerfdataWriter {
  readonly #config: PerfdataConfig;
  readonly #sinks: readonly InfluxSink[];
  readonly #posters: readonly Poster[];
  readonly #pnp: PnpSink | undefined;
  readonly #distributor: Distributor;
  readonly #intake: Intake;
  readonly #annotator: Annotator | undefined;
  readonly #log: Log;
  #isStopping = false;

  /** Opens the spools. Throws a `SpoolFolderError`. */
  static async open(config: PerfdataConfig, log: Log): Promise<PerfdataWriter> {
    const { spool, spoolMaxSize, target } = config;
    const backlogs = new Map<string, Backlog>();
    for (const { name } of spool === undefined ? [] : target)
      backlogs.set(name, await Backlog.open(join(spool ?? "", name), spoolMaxSize * MIB, log));
    return new PerfdataWriter(config, backlogs, log);
  }

  private constructor(config: PerfdataConfig, backlogs: ReadonlyMap<string, Backlog>, log: Log) {
    this.#config = config;
    this.#log = log;
    const limits = batchLimits(config);
    const rejected = new RejectedLines(rejectedFile(config), log);
    const targets = config.target.map((target) => {
      const { name, doublesBackslashes } = target;
      const poster = createPoster(target, config.writeTimeout * 1000);
      const parts = {
        name,
        doublesBackslashes,
        post: poster.post,
        limits,
        rejected,
        log,
        backlog: backlogs.get(name),
      };
      return { poster, sink: new InfluxSink(parts), hasTexts: target.hasTexts };
    });
    this.#posters = targets.map(({ poster }) => poster);
    this.#sinks = targets.map(({ sink }) => sink);
    this.#pnp =
      config.pnpSpool === undefined ? undefined : new PnpSink({ folder: config.pnpSpool, limits, log });
    const lines = {
      hostcheck: config.hostcheckAlias ?? "hostcheck",
      afterBackslash: config.afterBackslash,
      stage: config.stageTag,
    };
    this.#annotator =
      config.livestatus &&
      new Annotator({
        address: config.livestatus,
        everyMs: config.livestatusInterval * 1000,
        lines,
        log,
        sinks: targets.filter(({ hasTexts }) => hasTexts).map(({ sink }) => sink),
      });
    this.#distributor = new Distributor({
      envelope: createEnvelope({
        encryption: config.encryption,
        key: config.key && keyFromPassword(config.key.reveal()),
        accepted: config.acceptedKey.map((key) => keyFromPassword(key.reveal())),
        begins: PERFDATA_BEGINS,
      }),
      targets: this.#sinks,
      pnp: this.#pnp,
      log,
      lines,
      limits: { jobs: config.jobsAtOnce, bytes: config.memorySize * MIB },
      onRoom: () => this.#intake.wake(),
    });
    this.#intake = new Intake({
      servers: config.server,
      queues: config.perfdataQueue,
      log,
      intervalMs: config.grabInterval,
      connectWithinMs: config.gearmanConnectionTimeout,
      room: () => this.#distributor.room(),
      onJob: (job) => this.#distributor.take(job),
    });
  }

  get status(): PerfdataStatus {
    return {
      counts: this.#distributor.counts,
      held: this.#distributor.held,
      servers: this.#intake.servers,
      targets: this.#sinks.map(({ name, isUp, counts, backlog }) => ({ name, isUp, counts, backlog })),
      pnp: this.#pnp?.counts,
    };
  }

  get isStopping(): boolean {
    return this.#isStopping;
  }

  start(): void {
    for (const sink of this.#sinks) sink.start();
    this.#intake.start();
    this.#annotator?.start();
  }

  /**
   * Takes no more jobs, and delivers what it has, or puts it into the spool. Jobs of which neither can be
   * done in time are left to gearmand. Resolves to how many these are.
   */
  async stop(): Promise<number> {
    this.#isStopping = true;
    const drained = this.#intake.retire();
    await this.#annotator?.stop();
    const signal = AbortSignal.timeout(Math.max(1, this.#config.shutdownTimeout * 1000));
    await Promise.race([this.#intake.quiet(), aborted(signal)]);
    await Promise.all([...this.#sinks.map((sink) => sink.end(signal)), this.#pnp?.end()]);
    const left = this.#distributor.held.jobs;
    if (left === 0) await Promise.race([drained, aborted(signal)]);
    await this.#intake.stop();
    for (const poster of this.#posters) poster[Symbol.dispose]();
    if (left > 0)
      this.#log.warn({ jobs: left }, "jobs are given back to gearmand: they could not be written");
    return left;
  }
}

function batchLimits({ batchLines, batchSize, batchAge }: PerfdataConfig): BatchLimits {
  return { lines: batchLines, bytes: batchSize * 1024, ageMs: batchAge };
}

function rejectedFile({ rejectedFile: file, spool }: PerfdataConfig): string | undefined {
  return file ?? (spool === undefined ? undefined : join(spool, "rejected.lines"));
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  await promise;
}
