import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { getSystemErrorName } from "node:util";
import { whenAborted } from "../../../sdk/deadline.ts";
import { CheckDeclined, type Shared, type SharedContext } from "../../../sdk/index.ts";
import {
  decodeReport,
  encodeStart,
  encodeStop,
  REPORT_LENGTH,
  type Series,
  type SeriesReport,
} from "./frames.ts";

export interface SendLimits {
  /** Ends the series early, with what is known by then. */
  readonly enough?: AbortSignal;
  /** Ends the series without a report. The promise rejects with the reason of the signal. */
  readonly signal: AbortSignal;
}

export interface IcmpSenderOptions extends Pick<SharedContext, "log"> {
  /** The program that is started, for tests. */
  readonly command?: readonly [string, ...string[]];
  /** How long a report may take after the series' time is over. A process that takes longer is ended. */
  readonly answersWithinMs?: number;
}

/** A series that has no report yet. */
interface RunningSeries {
  readonly family: 4 | 6;
  readonly resolve: (report: SeriesReport) => void;
  readonly reject: (reason: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

const COMMAND = ["perl", fileURLToPath(new URL("icmp.pl", import.meta.url))] as const;
/** Sequence numbers have 16 bits, and a series needs up to twenty of them. */
const MAX_RUNNING = 10_000;
const MAX_ID = 0xffff_ffff;
const ANSWERS_WITHIN_MS = 5_000;
/** A process that ends sooner than this after its start has a short life. */
const SHORT_LIFE_MS = 10_000;
/** After so many short lives in a row no process is started for some time. */
const MAX_SHORT_LIVES = 3;
const REST_MS = 10 * 60_000;
/** Characters of stderr that are logged. */
const MAX_COMPLAINT = 500;
const NO_SOCKET = "no ICMP socket can be opened here";
const NO_PROCESS = "the process that sends pings does not run";
const TOO_MANY = "too many pings are under way";
const STOPPED = "the worker has stopped";
/** The kernel has too many requests that wait. The plugin has a socket of its own, and waits. */
const BUSY: readonly number[] = [constants.errno.EAGAIN, constants.errno.ENOBUFS];

/**
 * Sends echo requests for all checks of a worker through one process, icmp.pl. The process is started for the
 * first check. If it ends, the next check starts it again. It ends with the worker. Where it cannot run, or
 * gets no socket, every series is declined.
 */
export class IcmpSender implements AsyncDisposable {
  readonly #log: SharedContext["log"];
  readonly #command: readonly [string, ...string[]];
  readonly #answersWithinMs: number;
  readonly #running = new Map<number, RunningSeries>();
  /** Families for which no socket can be opened. */
  readonly #refused = new Set<4 | 6>();
  #child: ChildProcessWithoutNullStreams | undefined;
  #exited = Promise.resolve();
  #frames: Buffer[] = [];
  #lastId = 0;
  #shortLives = 0;
  /** Until then no process is started. */
  #restsUntil = 0;
  #isDisposed = false;

  constructor({ log, command = COMMAND, answersWithinMs = ANSWERS_WITHIN_MS }: IcmpSenderOptions) {
    this.#log = log;
    this.#command = command;
    this.#answersWithinMs = answersWithinMs;
  }

  /** Rejects with `CheckDeclined` where this process cannot send. */
  async send(series: Series, limits: SendLimits): Promise<SeriesReport> {
    const { signal, enough } = limits;
    signal.throwIfAborted();
    this.#refuse(series.family);
    const id = this.#takeId();
    const { promise, resolve, reject } = Promise.withResolvers<SeriesReport>();
    const stop = () => this.#write(encodeStop(id));
    const abandon = () => {
      this.#drop(id);
      stop();
      reject(signal.reason);
    };
    const timer = setTimeout(() => this.#miss(id), series.withinMs + this.#answersWithinMs);
    this.#running.set(id, { family: series.family, resolve, reject, timer });
    this.#write(encodeStart(series, { id, token: randomInt(MAX_ID) }));
    using _abandoning = whenAborted(signal, abandon);
    using _stopping = enough && whenAborted(enough, stop);
    return await promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    this.#child?.stdin.end();
    this.#rejectAll(new Error(STOPPED));
    const timer = setTimeout(() => this.#child?.kill("SIGKILL"), this.#answersWithinMs);
    await this.#exited;
    clearTimeout(timer);
  }

  /** Throws where a series of this family cannot be sent. */
  #refuse(family: 4 | 6): void {
    if (this.#isDisposed) throw new Error(STOPPED);
    if (this.#refused.has(family)) throw new CheckDeclined(NO_SOCKET);
    if (performance.now() < this.#restsUntil) throw new CheckDeclined(NO_PROCESS);
    if (this.#running.size >= MAX_RUNNING) throw new CheckDeclined(TOO_MANY);
  }

  #takeId(): number {
    do this.#lastId = (this.#lastId % MAX_ID) + 1;
    while (this.#running.has(this.#lastId));
    return this.#lastId;
  }

  /**
   * The report is late. If this process was stopped meanwhile, the report may already be in the pipe, so that
   * is read first.
   */
  #miss(id: number): void {
    setImmediate(() => {
      if (this.#running.has(id)) this.#child?.kill("SIGKILL");
    });
  }

  #drop(id: number): RunningSeries | undefined {
    const running = this.#running.get(id);
    clearTimeout(running?.timer);
    this.#running.delete(id);
    return running;
  }

  /** All frames of one turn of the event loop are written together. */
  #write(frame: Buffer): void {
    if (this.#frames.push(frame) === 1) setImmediate(() => this.#flush());
  }

  #flush(): void {
    const frames = this.#frames;
    this.#frames = [];
    if (this.#isDisposed) return;
    this.#child ??= this.#start();
    this.#child.stdin.write(Buffer.concat(frames));
  }

  #start(): ChildProcessWithoutNullStreams {
    const [file, ...argv] = this.#command;
    const { PATH } = process.env;
    const child = spawn(file, argv, { cwd: "/", env: { PATH, LC_ALL: "C" } });
    const begin = performance.now();
    let complaint = "";
    let rest: Buffer = Buffer.alloc(0);
    child.stdout.on("data", (bytes: Buffer) => {
      rest = this.#read(rest.length === 0 ? bytes : Buffer.concat([rest, bytes]));
    });
    child.stderr.setEncoding("latin1").on("data", (text: string) => {
      complaint = `${complaint}${text}`.slice(0, MAX_COMPLAINT);
    });
    child.stdin.on("error", () => {}); // the process has ended, and "close" says so
    this.#exited = new Promise((resolve) => {
      const gone = (why: string) => {
        this.#gone(child, performance.now() - begin, why);
        resolve();
      };
      child.once("error", (error) => gone(error.message));
      child.once("close", (code, signal) => gone(`${signal ?? code} ${complaint}`.trimEnd()));
    });
    return child;
  }

  #gone(child: ChildProcessWithoutNullStreams, livedMs: number, why: string): void {
    if (this.#child !== child || this.#isDisposed) return;
    this.#child = undefined;
    this.#shortLives = livedMs < SHORT_LIFE_MS ? this.#shortLives + 1 : 0;
    // A process without an id was not even started.
    const needsRest = this.#shortLives >= MAX_SHORT_LIVES || child.pid === undefined;
    if (needsRest) this.#restsUntil = performance.now() + REST_MS;
    this.#log(`the process that sends pings ended: ${why}${needsRest ? "; ping plugins are executed" : ""}`);
    this.#rejectAll(new CheckDeclined(NO_PROCESS));
  }

  #rejectAll(reason: Error): void {
    for (const id of [...this.#running.keys()]) this.#drop(id)?.reject(reason);
  }

  /** Reads whole reports. Returns the bytes that are left. */
  #read(bytes: Buffer): Buffer {
    let at = 0;
    for (; at + REPORT_LENGTH <= bytes.length; at += REPORT_LENGTH) {
      const { id, report } = decodeReport(bytes.subarray(at, at + REPORT_LENGTH));
      const running = this.#drop(id);
      if (running !== undefined) this.#settle(running, report);
    }
    return bytes.subarray(at);
  }

  #settle({ family, resolve, reject }: RunningSeries, report: SeriesReport): void {
    if (report.isRefused) {
      this.#noteRefusal(family, report.errno);
      reject(new CheckDeclined(NO_SOCKET));
    } else if (BUSY.includes(report.errno)) reject(new CheckDeclined(TOO_MANY));
    else resolve(report);
  }

  #noteRefusal(family: 4 | 6, errno: number): void {
    if (this.#refused.has(family)) return;
    this.#refused.add(family);
    const why = getSystemErrorName(-errno);
    this.#log(
      `no ICMP socket for IPv${family} (${why}): ping plugins are executed. It takes a group within net.ipv4.ping_group_range, or CAP_NET_RAW`,
    );
  }
}

/** One for all checks of this worker. */
export const ICMP: Shared<IcmpSender> = {
  name: "pings",
  create: (context) => new IcmpSender(context),
};
