import { open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ByteString } from "../../../src/byte-string.ts";
import type { Log } from "../../../src/log.ts";
import { Seldom } from "../../../src/seldom.ts";
import { type BatchLimits, Gathering } from "./batch.ts";
import type { Sink } from "./sink.ts";
import type { Ticket } from "./ticket.ts";

export interface PnpSinkOptions {
  readonly folder: string;
  readonly limits: BatchLimits;
  readonly log: Log;
  readonly retryMs?: number;
}

interface Waiting {
  readonly bytes: Buffer;
  readonly records: number;
  readonly tickets: readonly Ticket[];
}

const RETRY_MS = 5000;
/** NPCD is not there to take them. */
const MAX_FILES = 10_000;

/**
 * Files of records, unchanged, for the daemon of pnp4nagios (NPCD). A file gets its name when it is whole and
 * on the disk. Until then its name has `-PID-`, by which NPCD knows files that somebody works on.
 */
export class PnpSink implements Sink {
  readonly name = "pnp";
  readonly counts = { records: 0, files: 0, failures: 0 };
  readonly #options: PnpSinkOptions;
  readonly #gathering: Gathering;
  readonly #seldom = new Seldom();
  readonly #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #isFailing = false;
  #isEnding = false;
  #timer: NodeJS.Timeout | undefined;
  #made = 0;

  constructor(options: PnpSinkOptions) {
    this.#options = options;
    this.#gathering = new Gathering(options.limits, (bytes, records, tickets) => {
      this.#waiting.push({ bytes, records, tickets });
      this.#start();
    });
  }

  get isStuck(): boolean {
    return this.#isFailing;
  }

  add(text: ByteString, records: number, ticket: Ticket): void {
    this.#gathering.add(text, records, ticket);
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    this.#gathering.flush();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#start();
    await this.#writing;
  }

  #start(): void {
    const isBusy = this.#timer !== undefined || this.#writing !== undefined;
    if (!isBusy && this.#waiting.length > 0) this.#writing = this.#writeAll();
  }

  /** That nothing waits any more and that it has ended are one step, so nothing can come in between. */
  async #writeAll(): Promise<void> {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      try {
        await this.#write(next);
      } catch (error) {
        this.#writing = undefined;
        this.#failed(error);
        return;
      }
      this.#waiting.shift();
      this.#isFailing = false;
      for (const ticket of next.tickets) ticket.release();
    }
    this.#writing = undefined;
  }

  async #write({ bytes, records }: Waiting): Promise<void> {
    const { folder } = this.#options;
    const there = await readdir(folder);
    if (there.length >= MAX_FILES) throw new Error(`there are ${there.length} files in it: is NPCD running?`);
    this.#made += 1;
    const name = `perfdata.${Math.floor(Date.now() / 1000)}.${process.pid}.${this.#made}`;
    const unfinished = join(folder, `.${name}-PID-${process.pid}`);
    try {
      await writeThrough(unfinished, bytes);
      await rename(unfinished, join(folder, name));
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
    this.counts.records += records;
    this.counts.files += 1;
  }

  #failed(error: unknown): void {
    const { log, folder, retryMs = RETRY_MS } = this.#options;
    this.counts.failures += 1;
    this.#isFailing = true;
    this.#seldom.say("failed", (more) =>
      log.error({ err: error, folder }, `cannot write to pnp_spool, no more jobs are taken${more}`),
    );
    if (this.#isEnding) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#start();
    }, retryMs);
  }
}

async function writeThrough(path: string, content: Buffer): Promise<void> {
  // NPCD may run as another user of the same group.
  const file = await open(path, "wx", 0o660);
  try {
    await file.writeFile(content);
    await file.datasync();
  } finally {
    await file.close();
  }
}
