import type { ByteString } from "../../../src/byte-string.ts";
import type { Log } from "../../../src/log.ts";
import { Seldom } from "../../../src/seldom.ts";
import { type SpoolEntry, SpoolFolderError } from "../../spool/spool-folder.ts";
import type { Backlog, KeptBatch } from "./backlog.ts";
import { type BatchLimits, Gathering, type HeldBatch, packLines } from "./batch.ts";
import type { PostLines } from "./post-lines.ts";
import type { RejectedLines } from "./rejected-lines.ts";
import type { Sink } from "./sink.ts";
import type { Ticket } from "./ticket.ts";
import { type Trouble, writeBatch } from "./write-batch.ts";

export interface InfluxSinkOptions {
  readonly name: string;
  readonly doublesBackslashes: boolean;
  readonly post: PostLines;
  readonly limits: BatchLimits;
  /** Undefined: there is no spool, and jobs stay in gearmand. */
  readonly backlog: Backlog | undefined;
  readonly rejected: Pick<RejectedLines, "add">;
  readonly log: Log;
  readonly retry?: RetryTiming;
}

interface RetryTiming {
  readonly firstMs: number;
  readonly atMostMs: number;
}

/** What has happened since the start. */
export interface SinkCounts {
  lines: number;
  batches: number;
  bytes: number;
  rejected: number;
  tooOld: number;
  failures: number;
  kept: number;
}

const RETRY: RetryTiming = { firstMs: 1000, atMostMs: 30_000 };
/** Batches on their way at once: one is packed while another is written. */
const PARALLEL = 2;

/**
 * One database. *Up*, batches are written as they come, and those of the spool beside them: the order does
 * not matter, as each line has its time. *Down*, batches go to the spool, and one is tried now and then. A
 * batch that is neither written nor kept waits in memory, with its jobs.
 */
export class InfluxSink implements Sink {
  readonly name: string;
  readonly doublesBackslashes: boolean;
  readonly counts: SinkCounts = {
    lines: 0,
    batches: 0,
    bytes: 0,
    rejected: 0,
    tooOld: 0,
    failures: 0,
    kept: 0,
  };
  readonly #options: InfluxSinkOptions;
  readonly #gathering: Gathering;
  readonly #seldom = new Seldom();
  readonly #waiting: HeldBatch[] = [];
  readonly #underWay = new Set<SpoolEntry>();
  readonly #running = new Set<Promise<void>>();
  #sending = 0;
  #isKeeping = false;
  #isFull = false;
  #isEnding = false;
  #down: { readonly sinceMs: number; failures: number; timer: NodeJS.Timeout | undefined } | undefined;

  constructor(options: InfluxSinkOptions) {
    this.#options = options;
    this.name = options.name;
    this.doublesBackslashes = options.doublesBackslashes;
    this.#gathering = new Gathering(options.limits, (bytes, lines, tickets) =>
      this.#run(this.#pack(bytes, lines, tickets)),
    );
  }

  get isUp(): boolean {
    return this.#down === undefined;
  }

  get isStuck(): boolean {
    return !this.isUp && (this.#options.backlog === undefined || this.#isFull);
  }

  get backlog(): Pick<Backlog, "entries" | "bytes" | "oldest"> | undefined {
    return this.#options.backlog;
  }

  /** Writes what the spool has of an earlier start. */
  start(): void {
    this.#pump();
  }

  add(text: ByteString, lines: number, ticket: Ticket): void {
    this.#gathering.add(text, lines, ticket);
  }

  async end(signal: AbortSignal): Promise<void> {
    this.#isEnding = true;
    clearTimeout(this.#down?.timer);
    this.#gathering.flush();
    this.#pump();
    const { promise: aborted, resolve } = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => resolve(), { once: true });
    while (this.#running.size > 0 && !signal.aborted)
      await Promise.race([aborted, Promise.allSettled(this.#running)]);
    await this.#keepWaiting();
  }

  async #pack(bytes: Buffer, lines: number, tickets: readonly Ticket[]): Promise<void> {
    this.#waiting.push({ lines, tickets, body: await packLines(bytes) });
    this.#pump();
  }

  /** Starts whatever can be started now. */
  #pump(): void {
    if (this.#down !== undefined) {
      this.#run(this.#keepWaiting());
      return;
    }
    while (this.#sending < PARALLEL) {
      const batch = this.#waiting.shift();
      if (batch === undefined) break;
      this.#run(this.#send(batch));
    }
    const { backlog } = this.#options;
    const isLeft = backlog !== undefined && backlog.entries > this.#underWay.size;
    if (this.#sending < PARALLEL && isLeft && !this.#isEnding) this.#run(this.#sendKept(backlog));
  }

  #run(work: Promise<void>): void {
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
  }

  /** Writes a batch. If that cannot be it waits again, and the target is down. */
  async #send(batch: HeldBatch): Promise<void> {
    this.#sending += 1;
    const end = await this.#write(batch);
    const trouble = end === "unreadable" ? undefined : end;
    this.#sending -= 1;
    if (trouble === undefined) for (const ticket of batch.tickets) ticket.release();
    else this.#waiting.unshift(batch);
    this.#told(trouble);
  }

  async #sendKept(backlog: Backlog): Promise<void> {
    this.#sending += 1;
    const kept = await this.#nextKept(backlog);
    if (kept !== undefined && "kind" in kept) {
      this.#sending -= 1;
      this.#told(kept);
      return;
    }
    if (kept === undefined || this.#underWay.has(kept.entry)) {
      this.#sending -= 1;
      // It was no batch, and another one has to show whether the target is back.
      if (this.#down?.timer === undefined) this.#tryAgain();
      return;
    }
    this.#underWay.add(kept.entry);
    const end = await this.#write(kept);
    const trouble = end === "unreadable" ? undefined : end;
    if (end === "unreadable") await backlog.setAside(kept.entry);
    else if (trouble === undefined) await backlog.remove(kept.entry);
    if (trouble === undefined) this.#isFull = false;
    this.#underWay.delete(kept.entry);
    this.#sending -= 1;
    this.#told(trouble);
  }

  async #nextKept(backlog: Backlog): Promise<KeptBatch | Trouble | undefined> {
    try {
      return await backlog.next((entry) => this.#underWay.has(entry));
    } catch (error) {
      if (!(error instanceof SpoolFolderError)) throw error;
      return { kind: "trouble", message: error.message, isRefused: false };
    }
  }

  async #write(batch: Pick<HeldBatch, "lines" | "body">): Promise<Trouble | "unreadable" | undefined> {
    const { post, rejected, log, name } = this.#options;
    const { counts } = this;
    const written = await writeBatch(batch, post);
    if (written.kind === "trouble") return written;
    if (written.kind === "unreadable") return written.kind;
    if (written.tooOld !== undefined) {
      const { tooOld } = written;
      counts.tooOld += 1;
      this.#seldom.say("too old", (more) =>
        log.warn({ target: name }, `the database drops lines that are too old: ${tooOld}${more}`),
      );
    }
    rejected.add(name, written.refusals);
    counts.rejected += written.refusals.length;
    counts.lines += batch.lines - written.refusals.length;
    counts.bytes += batch.body.length;
    counts.batches += 1;
    return undefined;
  }

  #told(trouble: Trouble | undefined): void {
    if (trouble === undefined) this.#isUpAgain();
    else this.#isDown(trouble);
    this.#pump();
  }

  #isUpAgain(): void {
    const down = this.#down;
    if (down === undefined) return;
    clearTimeout(down.timer);
    this.#down = undefined;
    const seconds = Math.round((performance.now() - down.sinceMs) / 1000);
    this.#options.log.info({ target: this.name }, `the database takes lines again after ${seconds} s`);
  }

  #isDown({ message, isRefused, retryAfterMs = 0 }: Trouble): void {
    const { log, backlog, retry = RETRY } = this.#options;
    this.counts.failures += 1;
    this.#down ??= { sinceMs: performance.now(), failures: 0, timer: undefined };
    const down = this.#down;
    const what = isRefused ? "the database refuses to be written to" : "cannot write to the database";
    const then = backlog === undefined ? "jobs stay in gearmand" : "batches are kept in the spool";
    this.#seldom.say(`down ${isRefused}`, (more) =>
      log.warn({ target: this.name }, `${what}: ${message}; ${then}${more}`),
    );
    if (down.timer !== undefined || this.#isEnding) return;
    const waitMs = Math.max(retryAfterMs, Math.min(retry.firstMs * 2 ** down.failures, retry.atMostMs));
    down.failures += 1;
    down.timer = setTimeout(() => this.#tryAgain(), waitMs);
  }

  /** One batch shows whether the target is back. Without any it is taken to be. */
  #tryAgain(): void {
    const down = this.#down;
    if (down === undefined) return;
    down.timer = undefined;
    const { backlog } = this.#options;
    if (backlog !== undefined && backlog.entries > this.#underWay.size) {
      this.#run(this.#sendKept(backlog));
      return;
    }
    const batch = this.#waiting.shift();
    if (batch === undefined) this.#told(undefined);
    else this.#run(this.#send(batch));
  }

  /** Puts batches into the spool while the target is down, and at the end. */
  async #keepWaiting(): Promise<void> {
    const { backlog, log } = this.#options;
    if (backlog === undefined || this.#isKeeping) return;
    this.#isKeeping = true;
    while (this.#down !== undefined || this.#isEnding) {
      const batch = this.#waiting.shift();
      if (batch === undefined) break;
      const isKept = await backlog.keep(batch);
      this.#isFull = !isKept;
      if (!isKept) {
        this.#waiting.unshift(batch);
        this.#seldom.say("full", (more) =>
          log.error({ target: this.name }, `the spool is full: no more jobs are taken${more}`),
        );
        break;
      }
      this.counts.kept += 1;
      for (const ticket of batch.tickets) ticket.release();
    }
    this.#isKeeping = false;
    // The target may have come back meanwhile, and no other batch need come.
    if (this.isUp && !this.#isEnding) this.#pump();
  }
}
