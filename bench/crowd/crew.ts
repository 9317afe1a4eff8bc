import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { readStatus } from "../../src/gearman/admin.ts";
import { Subject } from "../chaos/subject.ts";
import { pssMiB } from "../processes/process-tree.ts";

export interface CrewOptions {
  readonly size: number;
  readonly template: readonly string[];
  readonly port: number;
  /** So many at a time are started, and ended. */
  readonly batch: number;
}

const LOOK_MS = 100;
const PATIENCE_MS = 120_000;
const QUEUE = "service";

/** Many workers of the same kind on one gearmand, each a process of its own. */
export class Crew implements AsyncDisposable {
  readonly #options: CrewOptions;
  readonly #folder = mkdtempSync(join(tmpdir(), "omd-crowd-"));
  readonly #subjects: readonly Subject[];

  constructor(options: CrewOptions) {
    this.#options = options;
    const { size, template, port } = options;
    this.#subjects = Array.from({ length: size }, (_, number) => {
      mkdirSync(join(this.#folder, `worker-${number}`), { mode: 0o700 });
      return new Subject({ number, template, port, folder: this.#folder });
    });
  }

  get size(): number {
    return this.#subjects.length;
  }

  /** Of all their processes; memory that they share is counted once. */
  get pssMiB(): number {
    return pssMiB(this.#subjects.flatMap((subject) => subject.pids));
  }

  /** How many had to be killed. */
  get killed(): number {
    return this.#subjects.reduce((sum, { killed }) => sum + killed.size, 0);
  }

  /** CPU time of those that run. */
  get cpuMs(): number {
    return this.#subjects.reduce((sum, subject) => sum + subject.cpuMs, 0);
  }

  /** Batch after batch, each when gearmand knows the one before. */
  async start(signal: AbortSignal): Promise<void> {
    for (let from = 0; from < this.size; from += this.#options.batch) {
      const batch = this.#batchAt(from);
      for (const subject of batch) subject.start();
      await this.#untilRegistered(from + batch.length, signal);
    }
  }

  /** As a Deployment does: a batch is told to end, others take its place, then the next batch. */
  async rollOut(signal: AbortSignal): Promise<void> {
    for (let from = 0; from < this.size; from += this.#options.batch) {
      await Promise.all(
        this.#batchAt(from).map(async (subject) => {
          await subject.end();
          subject.start();
        }),
      );
      await this.#untilRegistered(this.size, signal);
    }
  }

  /** Resolves when the gearmand at this port knows all of them. */
  untilAllAt(port: number, signal: AbortSignal): Promise<void> {
    return this.#untilRegistered(this.size, signal, port);
  }

  /** How many the gearmand at this port knows. */
  async registered(port = this.#options.port): Promise<number> {
    const status = await readStatus({ host: "127.0.0.1", port });
    return status.find(({ queue }) => queue === QUEUE)?.workers ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#subjects.map((subject) => subject[Symbol.asyncDispose]()));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #batchAt(from: number): readonly Subject[] {
    return this.#subjects.slice(from, from + this.#options.batch);
  }

  async #untilRegistered(wanted: number, signal: AbortSignal, port?: number): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    for (let found = 0; found !== wanted; await pause(LOOK_MS, undefined, { signal })) {
      // Under the load of so many starts gearmand may be too late to answer.
      found = await this.registered(port).catch(() => -1);
      if (performance.now() > end)
        throw new Error(`${found} of ${wanted} workers are registered after ${PATIENCE_MS / 1000} s`);
    }
  }
}
