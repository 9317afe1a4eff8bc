import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { Part } from "../scenarios/line.ts";
import { grabJobs } from "./grabber.ts";
import { mixer } from "./mix.ts";
import { encodePacket, PACKET, packetReader } from "./packets.ts";
import { type Envelope, envelope, jobText, type ResultText, readResult } from "./payload.ts";
import { type Percentiles, percentiles } from "./percentiles.ts";

export interface EndlessLoadOptions {
  readonly port: number;
  readonly key: string | undefined;
  /** Its commands have no placeholders. */
  readonly mix: readonly Part[];
  /** Jobs a second. */
  readonly rate: number;
  /** So many hosts and services there are. They take turns. */
  readonly objects: number;
  /** The number of the first of them. Loads that are joined have objects of their own. The default is 0. */
  readonly firstObject?: number;
}

/** What became of the jobs so far. */
export interface LoadCounts {
  readonly submitted: number;
  /** The first results of jobs, be they right or wrong. */
  readonly results: number;
  /** Those of them that say something else than the part expects. */
  readonly wrong: number;
  /** Results that no job waits for: second ones, and those of unknown jobs. */
  readonly unexpected: number;
  /** Jobs without a result. */
  readonly waiting: number;
  /** Second results of jobs, where two loads are one core. They are not unexpected then. */
  readonly again?: number;
}

interface Given extends Pick<ResultText, "returnCode" | "output"> {
  readonly text: string;
}

interface Waiting {
  readonly part: Part;
  readonly sentMs: number;
}

const TICK_MS = 5;
const LOOK_MS = 50;
const SAMPLE_LENGTH = 400;
const RESULT_QUEUE = "check_results";

/**
 * A site that goes on: the same hosts and services again and again, at an even rate, whether or not results
 * come back. A job is told from the next one of its service by its time, which its result has, too.
 */
export class EndlessLoad implements Disposable {
  /** How many results each worker has given, by its `source`. */
  readonly bySource = new Map<string, number>();
  readonly #options: EndlessLoadOptions;
  readonly #crypt: Envelope;
  readonly #partOf: (index: number) => Part;
  readonly #waiting = new Map<string, Waiting>();
  readonly #submitting: Socket;
  readonly #collecting: Socket;
  #ticks: NodeJS.Timeout | undefined;
  #latencies: number[] = [];
  #submitted = 0;
  #results = 0;
  #wrong = 0;
  #unexpected = 0;
  #sample: string | undefined;
  #other: EndlessLoad | undefined;
  /** Kept only where two loads are one core. */
  readonly #answered = new Set<string>();
  #again = 0;

  private constructor(options: EndlessLoadOptions, submitting: Socket, collecting: Socket) {
    this.#options = options;
    this.#crypt = envelope(options.key);
    this.#partOf = mixer(options.mix);
    this.#submitting = submitting.on("data", packetReader(throwError));
    this.#collecting = collecting;
    grabJobs(collecting, RESULT_QUEUE, (workload) => this.#collect(this.#crypt.open(workload)));
  }

  static async open(options: EndlessLoadOptions): Promise<EndlessLoad> {
    const [submitting, collecting] = await Promise.all([dial(options.port), dial(options.port)]);
    return new EndlessLoad(options, submitting, collecting);
  }

  get counts(): LoadCounts {
    return {
      submitted: this.#submitted,
      results: this.#results,
      wrong: this.#wrong,
      unexpected: this.#unexpected,
      waiting: this.#waiting.size,
      ...(this.#other && { again: this.#again }),
    };
  }

  /** From now on both are one core that listens at two job servers: a result may come by either. */
  joinWith(other: EndlessLoad): void {
    const [one, two] = [this.#objects, other.#objects];
    if (one.first < two.end && two.first < one.end)
      throw new Error("loads that are joined need objects of their own, by firstObject");
    this.#other = other;
    other.#other = this;
  }

  get #objects(): { readonly first: number; readonly end: number } {
    const { firstObject: first = 0, objects } = this.#options;
    return { first, end: first + objects };
  }

  /** The first result that was wrong or unexpected. */
  get sample(): string | undefined {
    return this.#sample;
  }

  /** From submission to result, of the timed parts, since this was asked the last time. */
  takeLatencies(): Percentiles {
    const taken = percentiles(this.#latencies);
    this.#latencies = [];
    return taken;
  }

  /** Submits at this rate from now on. */
  start(rate = this.#options.rate): void {
    const startMs = performance.now();
    const before = this.#submitted;
    clearInterval(this.#ticks);
    this.#ticks = setInterval(() => {
      this.#submitUntil(before + Math.floor(((performance.now() - startMs) * rate) / 1000));
    }, TICK_MS);
  }

  /** Submits no more, and waits until each job has its result, or no more have come for so long. */
  async finish(giveUpMs: number): Promise<LoadCounts> {
    clearInterval(this.#ticks);
    for (let last = performance.now(), before = -1; this.#waiting.size > 0; await pause(LOOK_MS)) {
      if (this.#results > before) last = performance.now();
      before = this.#results;
      if (performance.now() - last > giveUpMs) break;
    }
    return this.counts;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#ticks);
    this.#submitting.destroy();
    this.#collecting.destroy();
  }

  #submitUntil(due: number): void {
    const { first } = this.#objects;
    const packets: Buffer[] = [];
    for (; this.#submitted < due; this.#submitted++) {
      const index = first + (this.#submitted % this.#options.objects);
      const part = this.#partOf(index);
      const text = jobText(part, index);
      const unique = `endless-${process.pid}-${this.#submitted}`;
      this.#waiting.set(keyOf(index, text, "core_time"), { part, sentMs: performance.now() });
      packets.push(encodePacket(PACKET.SUBMIT_JOB_BG, part.queue, unique, this.#crypt.seal(text)));
    }
    if (packets.length > 0) this.#submitting.write(Buffer.concat(packets));
  }

  #collect(text: string): void {
    const { index, returnCode, output } = readResult(text);
    const key = keyOf(index, text, "core_start_time");
    const owner = this.#other?.knows(key) ? this.#other : this;
    owner.#take(key, { text, returnCode, output });
  }

  /** Whether one of its jobs waits for this result, or has one already. */
  knows(key: string): boolean {
    return this.#waiting.has(key) || this.#answered.has(key);
  }

  #take(key: string, { text, returnCode, output }: Given): void {
    const job = this.#waiting.get(key);
    this.#waiting.delete(key);
    if (job === undefined && this.#answered.has(key)) {
      this.#again++;
      return;
    }
    if (job === undefined) {
      this.#unexpected++;
      this.#sample ??= text.slice(0, SAMPLE_LENGTH);
      return;
    }
    const { part, sentMs } = job;
    if (this.#other !== undefined) this.#answered.add(key);
    this.#results++;
    if (part.isTimed) this.#latencies.push(performance.now() - sentMs);
    const source = /^source=(.*)$/m.exec(text)?.[1] ?? "";
    this.bySource.set(source, (this.bySource.get(source) ?? 0) + 1);
    if (returnCode === (part.returnCode ?? 0) && new RegExp(part.output ?? "").test(output)) return;
    this.#wrong++;
    this.#sample ??= text.slice(0, SAMPLE_LENGTH);
  }
}

function keyOf(index: number, text: string, field: string): string {
  return `${index} ${new RegExp(`^${field}=(.*)$`, "m").exec(text)?.[1]}`;
}

function throwError(type: number, body: Buffer): void {
  if (type === PACKET.ERROR) throw new Error(`gearmand: ${body.toString("latin1")}`);
}

async function dial(port: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  return socket;
}
