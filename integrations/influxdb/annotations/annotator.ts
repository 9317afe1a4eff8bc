import { setTimeout as pause } from "node:timers/promises";
import type { Log } from "../../../src/log.ts";
import { Seldom } from "../../../src/seldom.ts";
import { ChannelError } from "../../backends/channel.ts";
import type { LivestatusAddress } from "../../backends/livestatus/livestatus.ts";
import type { InfluxSink } from "../delivery/influx-sink.ts";
import { Ticket } from "../delivery/ticket.ts";
import type { LineOptions } from "../lines/make-lines.ts";
import { annotationLine } from "./annotation-line.ts";
import { readAnnotations } from "./read-annotations.ts";

type AnnotatedSink = Pick<InfluxSink, "doublesBackslashes" | "isStuck" | "add">;

export interface AnnotatorOptions {
  readonly address: LivestatusAddress;
  readonly everyMs: number;
  readonly sinks: readonly AnnotatedSink[];
  readonly lines: Omit<LineOptions, "doublesBackslashes">;
  readonly log: Log;
}

/**
 * Writes what people have told the core beside the values. All that the core has is looked at each time, and
 * what was not there the last time is written: after a start all of it, which changes nothing, as the same
 * line is the same point.
 */
export class Annotator {
  readonly #options: AnnotatorOptions;
  /** What each sink was given of what the core has. */
  readonly #given: Map<AnnotatedSink, ReadonlySet<string>>;
  readonly #seldom = new Seldom();
  readonly #ending = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: AnnotatorOptions) {
    this.#options = options;
    this.#given = new Map(options.sinks.map((sink) => [sink, new Set<string>()]));
  }

  start(): void {
    this.#running = this.#run(this.#ending.signal);
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { everyMs } = this.#options;
    while (!signal.aborted) {
      await this.#look(signal);
      await pause(everyMs, undefined, { signal }).catch(() => {});
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { address, lines, log } = this.#options;
    try {
      const found = await readAnnotations(address, signal);
      for (const [sink, given] of this.#given) {
        // A database that is away for long must not fill the memory.
        if (sink.isStuck) continue;
        const { doublesBackslashes } = sink;
        const made = found.map((each) => annotationLine(each, { ...lines, doublesBackslashes }));
        const now = new Set(made);
        for (const line of now) if (!given.has(line)) add(sink, line);
        this.#given.set(sink, now);
      }
    } catch (error) {
      if (!(error instanceof ChannelError)) throw error;
      if (signal.aborted) return;
      this.#seldom.say("away", (more) => log.warn(`no annotations are written: ${error.message}${more}`));
    }
  }
}

/** No job waits for it: what is lost by a crash is read again. */
function add(sink: AnnotatedSink, line: string): void {
  const ticket = new Ticket({ complete() {} }, 0, () => {});
  sink.add(line, 1, ticket);
  ticket.release();
}
