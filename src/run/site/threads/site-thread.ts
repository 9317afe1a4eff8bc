import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { Ending } from "./ending.ts";
import { killChildren } from "./kill-children.ts";
import type { FromThread, Owner, ThreadStart, ToThread } from "./messages.ts";
import { Ring } from "./ring.ts";
import type { Task } from "./task.ts";

/** Why a thread has ended, and whose code it was. */
export interface ThreadEnd {
  readonly ending: Ending;
  readonly by: Owner | undefined;
}

export interface SiteThreadOptions {
  readonly resolves: boolean;
  readonly valuesFolder: string | undefined;
  readonly sessions: string | undefined;
  /** In MiB: JavaScript's heap, and buffers. */
  readonly memoryMib: number;
  readonly onReport: (thread: SiteThread, report: FromThread) => void;
  /** `ticks`: for how many tenths of a second the thread has not answered. */
  readonly onSilent: (thread: SiteThread, ticks: number) => void;
  /** Called once, unless the thread was stopped. */
  readonly onEnd: (thread: SiteThread, end: ThreadEnd) => void;
  /** What the site's code prints. */
  readonly onPrinted: (text: string) => void;
}

const TICK_MS = 100;
/** How often memory is looked at, in ticks. A thread that is silent is looked at each time. */
const MEMORY_TICKS = 10;
/** The thread keeps twice as many. */
const MAX_KNOWN_LINES = 20_000;
const STOP_WITHIN_MS = 1_000;
const END_WITHIN_MS = 5_000;
/** What does not fit is sent in a message. */
const RUNS_BYTES = 64 * 1024;
const OUTPUTS_BYTES = 256 * 1024;
/** V8 ends a thread whose heap is this much above the limit: the worker wants to be first. */
const HEAP_RESERVE_MIB = 64;

/**
 * One thread with a site's checks. Life: started → (ready) → ended or stopped.
 *
 * While it has tasks, it is looked at ten times a second. Without tasks nothing wakes it.
 */
export class SiteThread {
  /** What it was given and has not answered. */
  readonly tasks = new Map<number, Task>();
  readonly #options: SiteThreadOptions;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #turn = new Int32Array(new SharedArrayBuffer(4));
  readonly #runsMemory = Ring.allocate(RUNS_BYTES);
  readonly #outputsMemory = Ring.allocate(OUTPUTS_BYTES);
  readonly #runs = new Ring(this.#runsMemory);
  readonly #outputs = new Ring(this.#outputsMemory);
  readonly #gone = Promise.withResolvers<void>();
  readonly #stopped = Promise.withResolvers<void>();
  #state: "starting" | "ready" | "ended" = "starting";
  readonly #lines = new Set<number>();
  /** Were over at the last ping. */
  #over: Task[] = [];
  #tid: string | undefined;
  #watch: NodeJS.Timeout | undefined;
  #ticks = 0;
  #silentTicks = 0;
  #hasSpoken = false;
  #isAboveMemory = false;
  #isCalling = false;
  #told: ThreadEnd | undefined;

  constructor(options: SiteThreadOptions) {
    this.#options = options;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = this.#start(port2);
    port1.on("message", (report: FromThread) => this.#take(report));
    port1.unref();
  }

  get isSilent(): boolean {
    return this.#silentTicks > 0;
  }

  give(task: Task): void {
    task.begin();
    this.tasks.set(task.id, task);
    this.#ask(task);
    this.#watch ??= setInterval(() => this.#tick(), TICK_MS).unref();
  }

  /** A line is sent once: to copy its words each time would cost more than all else. */
  #ask({ id, question }: Task): void {
    const line = question.kind === "run" && question.on.words === undefined ? question.on.line : undefined;
    if (line !== undefined && this.#lines.has(line) && this.#runs.put(id, line)) this.#call();
    else this.post({ kind: "ask", id, question });
  }

  /** The thread knows a line that it has answered. A message may arrive after what is in the ring. */
  #remember(id: number): void {
    const question = this.tasks.get(id)?.question;
    if (question?.kind !== "run" || question.on.words !== undefined) return;
    if (this.#lines.size >= MAX_KNOWN_LINES) this.#lines.clear();
    this.#lines.add(question.on.line);
  }

  /** To wake a thread is dear: it is woken once for all runs of a turn, and need not call meanwhile. */
  #call(): void {
    if (this.#isCalling) return;
    this.#isCalling = true;
    this.#outputs.stayAwake();
    setImmediate(this.#wake);
  }

  readonly #wake = (): void => {
    this.#isCalling = false;
    if (this.#runs.mustCall()) this.post({ kind: "look" });
    this.#takeOutputs();
  };

  post(order: ToThread): void {
    this.#port.postMessage(order);
  }

  /** Whose code the thread is in. Undefined: in its own, or the one whose code it is has had its answer. */
  get onTurn(): Owner | undefined {
    const task = this.tasks.get(Atomics.load(this.#turn, 0));
    return task && { id: task.id, path: task.path, name: task.name };
  }

  /** Ends it in the middle of whatever it does. */
  end(ending: Ending, by: Owner | undefined = this.onTurn): void {
    if (this.#state === "ended") return;
    this.#close();
    this.#options.onEnd(this, { ending, by });
  }

  /** Resolves when it has disposed of what its checks share, or has had the time to. */
  async stop(): Promise<void> {
    if (this.#state === "ended") return this.#gone.promise;
    this.post({ kind: "stop" });
    const timer = setTimeout(this.#stopped.resolve, this.isSilent ? 0 : STOP_WITHIN_MS);
    await Promise.race([this.#stopped.promise, this.#gone.promise]);
    clearTimeout(timer);
    this.#close();
    await Promise.race([this.#gone.promise, pause(END_WITHIN_MS)]);
  }

  #start(port: MessagePort): Worker {
    const { resolves, valuesFolder, sessions, memoryMib, onPrinted } = this.#options;
    const memory = { turn: this.#turn, runs: this.#runsMemory, outputs: this.#outputsMemory };
    const workerData: ThreadStart = { port, ...memory, resolves, valuesFolder, sessions };
    const worker = new Worker(ENTRY, {
      workerData,
      transferList: [port],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: memoryMib + HEAP_RESERVE_MIB },
      name: "site-checks",
    });
    for (const stream of [worker.stdout, worker.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => onPrinted(text));
    worker.on("error", (error) => {
      this.#told ??= { ending: readEnding(error, memoryMib), by: this.onTurn };
    });
    worker.on("exit", () => this.#exited());
    worker.unref();
    return worker;
  }

  #take(report: FromThread): void {
    this.#hasSpoken = true;
    switch (report.kind) {
      case "look":
        this.#takeOutputs();
        break;
      case "ready":
        this.#tid = report.tid;
        if (this.#state === "starting") this.#state = "ready";
        break;
      case "pong":
        // Each of them was told before that its time is up.
        for (const { id } of this.#over.splice(0)) this.tasks.delete(id);
        break;
      case "stopped":
        this.#stopped.resolve();
        break;
      case "ending":
        this.#told ??= report;
        this.#takeOutputs();
        this.end(report.ending, report.by);
        break;
      case "answer":
        this.#remember(report.id);
        this.#options.onReport(this, report);
        break;
      case "log":
      case "warning":
      case "need":
        this.#options.onReport(this, report);
    }
  }

  /** Also when the thread has not called: what it does now may never end. */
  #takeOutputs(): void {
    this.#outputs.sleep();
    for (let each = this.#outputs.take(); each; each = this.#outputs.take()) {
      this.#hasSpoken = true;
      const { id, value: returnCode, text: output } = each;
      this.#remember(id);
      this.#options.onReport(this, { kind: "answer", id, answer: { kind: "output", returnCode, output } });
    }
  }

  #tick(): void {
    this.#takeOutputs();
    if (this.tasks.size === 0 || this.#state === "ended") {
      clearInterval(this.#watch);
      this.#watch = undefined;
      this.#silentTicks = 0;
      return;
    }
    this.#ticks += 1;
    this.#silentTicks = this.#hasSpoken || this.#state === "starting" ? 0 : this.#silentTicks + 1;
    this.#hasSpoken = false;
    this.#over = [...this.tasks.values()].filter(({ isOver }) => isOver);
    this.post({ kind: "ping" });
    if (this.isSilent || this.#ticks % MEMORY_TICKS === 0) void this.#lookAtMemory();
    if (this.#silentTicks > 1) this.#options.onSilent(this, this.#silentTicks - 1);
  }

  /** V8 limits JavaScript's heap, but not buffers. One look may see what the next collection frees. */
  async #lookAtMemory(): Promise<void> {
    const heap = await this.#worker.getHeapStatistics().catch(() => undefined);
    if (heap === undefined) return;
    const { memoryMib } = this.#options;
    const isAbove = heap.used_heap_size + heap.external_memory > memoryMib * 1024 * 1024;
    const wasAbove = this.#isAboveMemory;
    this.#isAboveMemory = isAbove;
    if (isAbove && (wasAbove || this.isSilent)) this.end({ kind: "memory", mib: memoryMib });
  }

  #exited(): void {
    // What the thread has told before its end may still wait here.
    for (let left = receiveMessageOnPort(this.#port); left; left = receiveMessageOnPort(this.#port))
      this.#take(left.message);
    this.#takeOutputs();
    const { ending, by } = this.#told ?? { ending: { kind: "lost" }, by: this.onTurn };
    this.end(ending, by);
    this.#gone.resolve();
    this.#port.close();
  }

  #close(): void {
    this.#state = "ended";
    clearInterval(this.#watch);
    void this.#worker.terminate();
    // A thread that waits for a child, as execFileSync does, would not end before the child.
    if (this.#tid !== undefined) killChildren(this.#tid);
  }
}

/** The program of the thread has the extension of this file, which may be a source or built. */
const ENTRY = new URL(`../inside/entry${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);

/** What Node itself says of a thread that has ended. */
function readEnding(error: unknown, mib: number): Ending {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ERR_WORKER_OUT_OF_MEMORY") return { kind: "memory", mib };
  return { kind: "uncaught", message, at: undefined };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
