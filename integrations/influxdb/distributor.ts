import type { ByteString } from "../../src/byte-string.ts";
import type { GrabbedJob } from "../../src/gearman/grabber/running-job.ts";
import type { Log } from "../../src/log.ts";
import type { Envelope } from "../../src/payload/crypt.ts";
import { PayloadError } from "../../src/payload/payload-error.ts";
import { Seldom } from "../../src/seldom.ts";
import type { Sink } from "./delivery/sink.ts";
import { Ticket } from "./delivery/ticket.ts";
import { type LineOptions, type MadeLines, makeLines } from "./lines/make-lines.ts";
import { type PerfdataRecord, type RecordFault, readRecord } from "./lines/read-record.ts";

/** A sink for lines. */
export interface LineSink extends Sink {
  readonly doublesBackslashes: boolean;
}

export interface DistributorOptions {
  readonly envelope: Pick<Envelope, "open">;
  readonly targets: readonly LineSink[];
  /** Gets each record unchanged. */
  readonly pnp: Sink | undefined;
  readonly lines: Omit<LineOptions, "doublesBackslashes">;
  readonly limits: { readonly jobs: number; readonly bytes: number };
  readonly log: Log;
  /** Jobs have ended, so there is room for others. */
  readonly onRoom: () => void;
}

/** How a text of perfdata begins, whatever the template: with a key. */
export const PERFDATA_BEGINS = /^[A-Z][A-Z0-9_:]{1,63}?::/;

/** Databases that read backslashes in the same way: they get the same lines. */
interface Alike {
  readonly lines: LineOptions;
  readonly sinks: readonly LineSink[];
}

/** What has come in since the start. */
export interface IntakeCounts {
  jobs: number;
  unreadable: number;
  records: number;
  faulty: number;
  items: number;
  skipped: number;
}

/** Opens jobs, makes lines of their records, and gives them to all sinks that they are for. */
export class Distributor {
  readonly counts: IntakeCounts = { jobs: 0, unreadable: 0, records: 0, faulty: 0, items: 0, skipped: 0 };
  readonly #options: DistributorOptions;
  readonly #all: readonly Alike[];
  readonly #named: ReadonlyMap<string, readonly Alike[]>;
  readonly #seldom = new Seldom();
  #jobs = 0;
  #bytes = 0;

  constructor(options: DistributorOptions) {
    this.#options = options;
    const { targets, lines } = options;
    this.#all = groupAlike(targets, lines);
    this.#named = new Map(targets.map((target) => [target.name, groupAlike([target], lines)]));
  }

  /** Jobs that are taken and not completed. */
  get held(): { readonly jobs: number; readonly bytes: number } {
    return { jobs: this.#jobs, bytes: this.#bytes };
  }

  /** How many more jobs may be taken. None while a sink can neither deliver nor keep anything. */
  room(): number {
    const { limits, targets, pnp } = this.#options;
    if (this.#bytes >= limits.bytes || pnp?.isStuck || targets.some(({ isStuck }) => isStuck)) return 0;
    return limits.jobs - this.#jobs;
  }

  take(job: GrabbedJob): void {
    this.counts.jobs += 1;
    const text = this.#open(job);
    if (text === undefined) {
      job.fail();
      return;
    }
    const ticket = new Ticket(job, job.workload.length, this.#done);
    this.#jobs += 1;
    this.#bytes += ticket.bytes;
    let start = 0;
    while (start < text.length) {
      const feed = text.indexOf("\n", start);
      const end = feed === -1 ? text.length : feed;
      if (end > start) this.#record(text.slice(start, end), ticket);
      start = end + 1;
    }
    ticket.release();
  }

  readonly #done = (ticket: Ticket): void => {
    this.#jobs -= 1;
    this.#bytes -= ticket.bytes;
    this.#options.onRoom();
  };

  /** Undefined: it cannot be read, and never could be. */
  #open(job: GrabbedJob): ByteString | undefined {
    try {
      return this.#options.envelope.open(job.workload);
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error;
      this.counts.unreadable += 1;
      const { queue, server } = job;
      this.#seldom.say(error.kind, (more) =>
        this.#options.log.error({ queue, server }, `cannot read a job: ${error.message}${more}`),
      );
      return undefined;
    }
  }

  #record(line: ByteString, ticket: Ticket): void {
    const { pnp } = this.#options;
    this.counts.records += 1;
    pnp?.add(`${line}\n`, 1, ticket);
    const record = readRecord(line.endsWith("\r") ? line.slice(0, -1) : line);
    if (typeof record === "string") {
      this.#faulty(record, line);
      return;
    }
    if (record.perfdata === "") return;
    let made: MadeLines | undefined;
    for (const { lines, sinks } of this.#sinksOf(record)) {
      made = makeLines(record, lines);
      if (made.lines > 0) for (const sink of sinks) sink.add(made.text, made.lines, ticket);
    }
    this.counts.items += made?.lines ?? 0;
    this.counts.skipped += made?.skipped ?? 0;
  }

  #sinksOf({ target }: PerfdataRecord): readonly Alike[] {
    if (target === undefined) return this.#all;
    const named = this.#named.get(target);
    if (named === undefined && this.#all.length > 0)
      this.#seldom.say("target", (more) =>
        this.#options.log.warn(
          { target },
          `a record is for a target that is not configured (NAGFLUX:TARGET)${more}`,
        ),
      );
    return named ?? [];
  }

  #faulty(fault: RecordFault, line: ByteString): void {
    this.counts.faulty += 1;
    this.#seldom.say(fault, (more) =>
      this.#options.log.warn(
        { line: line.slice(0, 200) },
        `a line is no record of perfdata: ${fault}${more}`,
      ),
    );
  }
}

function groupAlike(sinks: readonly LineSink[], lines: DistributorOptions["lines"]): readonly Alike[] {
  const groups = [false, true].map((doublesBackslashes) => ({
    lines: { ...lines, doublesBackslashes },
    sinks: sinks.filter((sink) => sink.doublesBackslashes === doublesBackslashes),
  }));
  return groups.filter((group) => group.sinks.length > 0);
}
