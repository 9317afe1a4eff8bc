import { vi } from "vitest";
import type { ByteString } from "../../src/byte-string.ts";
import { Grabber } from "../../src/gearman/grabber/grabber.ts";
import { Orphans } from "../../src/gearman/grabber/orphans.ts";
import type { GrabbedJob } from "../../src/gearman/grabber/running-job.ts";
import { Submitter } from "../../src/gearman/submitter.ts";
import type { ServerTls } from "../../src/gearman/tls/server-tls.ts";
import { createEnvelope, type Envelope } from "../../src/payload/crypt.ts";
import { stubLog } from "../support/stub-log.ts";

/** A result as the core gets it. */
export interface CollectedResult {
  readonly text: ByteString;
  readonly fields: ReadonlyMap<string, ByteString>;
}

export interface CoreOptions {
  readonly port: number;
  readonly tls?: ServerTls;
  readonly envelope?: Envelope;
  readonly resultQueue?: string;
}

const PATIENCE = { timeout: 45_000, interval: 10 };
export const CLEAR = createEnvelope({ encryption: false });

/** What Naemon with mod_gearman is to a worker: puts jobs into queues and takes the results. */
export class Core implements AsyncDisposable {
  readonly results: CollectedResult[] = [];
  readonly #envelope: Envelope;
  readonly #submitter: Submitter;
  readonly #collector: Grabber;
  /** gearmand makes one job of two with the same unique, also of different cores. */
  readonly #prefix: string;
  #unique = 0;

  constructor({ port, tls, envelope = CLEAR, resultQueue = "check_results" }: CoreOptions) {
    const server = { host: "127.0.0.1", port, ...(tls && { tls }) };
    this.#envelope = envelope;
    this.#prefix = resultQueue;
    this.#submitter = new Submitter({ server, log: stubLog() });
    this.#collector = new Grabber({
      server,
      queues: [resultQueue],
      log: stubLog(),
      orphans: new Orphans({ log: stubLog() }),
      room: () => 1_000,
      onJob: (job) => this.#collect(job),
    });
    this.#submitter.start();
    this.#collector.start();
  }

  /** The jobs of these fields, in this queue. */
  async submit(
    queue: string,
    ...jobs: readonly Readonly<Record<string, ByteString | number>>[]
  ): Promise<void> {
    await this.submitRaw(queue, ...jobs.map((job) => this.#envelope.seal(textOf(job))));
  }

  async submitRaw(queue: string, ...workloads: readonly Uint8Array[]): Promise<void> {
    await this.connected();
    await Promise.all(
      workloads.map((workload) => {
        this.#unique += 1;
        return this.#submitter.submit({ queue, unique: `${this.#prefix}-${this.#unique}`, workload });
      }),
    );
  }

  /** What a foreground job was answered. */
  async ask(queue: string, workload = ""): Promise<string> {
    await this.connected();
    const submission = { queue, unique: "", workload: Buffer.from(workload) };
    const answer = await this.#submitter.request(submission, { timeoutMs: PATIENCE.timeout });
    return answer.toString("latin1");
  }

  async connected(): Promise<void> {
    await vi.waitFor(() => {
      if (!this.#submitter.isConnected) throw new Error("the core has no connection to gearmand");
    }, PATIENCE);
  }

  /** Resolves when at least so many results are there. */
  async collected(count: number, patience = PATIENCE): Promise<readonly CollectedResult[]> {
    await vi.waitFor(() => {
      if (this.results.length < count) throw new Error(`${this.results.length} of ${count} results`);
    }, patience);
    return this.results;
  }

  /** The services results came for, sorted; a service twice if there were two. */
  get services(): readonly string[] {
    return this.results.map(({ fields }) => fields.get("service_description") ?? "").sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#submitter.stop(), this.#collector.stop()]);
  }

  #collect(job: GrabbedJob): void {
    const text = this.#envelope.open(job.workload);
    this.results.push({ text, fields: readFields(text) });
    job.complete();
  }
}

/** A service check as the core sends it. */
export function serviceJob(
  name: string,
  commandLine: ByteString,
  more: Readonly<Record<string, string | number>> = {},
) {
  return {
    type: "service",
    result_queue: "check_results",
    target_queue: "service",
    host_name: "host",
    service_description: name,
    core_time: (Date.now() / 1000).toFixed(6),
    timeout: 60,
    command_line: commandLine,
    ...more,
  };
}

/** What goes into the envelope. */
export function textOf(fields: Readonly<Record<string, ByteString | number>>): ByteString {
  return `${Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join("\n")}\n\n\n`;
}

function readFields(text: ByteString): ReadonlyMap<string, ByteString> {
  return new Map(
    text.split("\n").map((line) => {
      const equals = line.indexOf("=");
      return [line.slice(0, equals), line.slice(equals + 1)];
    }),
  );
}
