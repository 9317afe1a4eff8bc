import type { CheckContext } from "../../../../sdk/check.ts";
import { deadlineOf } from "../../../../sdk/deadline.ts";
import { CheckDeclined } from "../../../../sdk/failure.ts";
import type { Resolver } from "../../../../sdk/resolve.ts";
import type { Log } from "../../../log.ts";
import { giveNeed } from "./give-need.ts";
import type { Answer, CheckKey, CheckLine, FromThread, SiteFile } from "./messages.ts";
import { SiteThread, type ThreadEnd } from "./site-thread.ts";
import { type SetAsideFile, Strikes } from "./strikes.ts";
import { Task } from "./task.ts";
import { faultOf, findVerdict, interruptionOf, renderVerdict, type Verdict } from "./verdict.ts";

export interface SiteFolderOptions {
  readonly log: Pick<Log, "info" | "warn" | "error">;
  /** Resolves names for the checks. Undefined: they do it themselves. */
  readonly resolver: (() => Resolver) | undefined;
  readonly onDebug: (text: string) => void;
  /** What the checks print. */
  readonly onPrinted: (text: string) => void;
  /** Where checks keep what they remember. A thread that is started takes the present value. */
  readonly valuesFolder?: (() => string | undefined) | undefined;
  /** The URL of a module that provides SNMP and SSH sessions for authors, as `SessionModule` says. */
  readonly sessions?: string | undefined;
  readonly memoryMib?: number;
  /** For how long a check may keep the thread busy without a pause. */
  readonly busySeconds?: number;
}

const MEMORY_MIB = 256;
/** Tenths of a second without an answer after which new checks go to another thread. */
const HELD_UP = 3;
/** After which those that wait in the thread are run again in another one, too. */
const STUCK = 10;
/** After which the thread is ended. */
const BUSY_SECONDS = 5;
/** Threads that are held up at the same time. */
const MAX_HELD = 2;
/** Threads that may end while a check is under way before the check has to give up. */
const MAX_ENDS = 3;

/**
 * The checks of one folder, and the thread that runs them. A thread that ends is replaced. The check whose
 * code was on turn fails then, and the others are run again.
 *
 * A thread that is held up gets nothing new, and another one takes its place. If it comes back, what it was
 * given is answered. If not, it is ended.
 */
export class SiteFolder {
  readonly #options: SiteFolderOptions;
  readonly #strikes = new Strikes();
  /** What a new thread loads, by path. */
  readonly #files = new Map<string, SiteFile>();
  readonly #held = new Set<SiteThread>();
  readonly #alone: Task[] = [];
  #current: SiteThread | undefined;
  #suspected: SiteThread | undefined;
  #isStopped = false;

  constructor(options: SiteFolderOptions) {
    this.#options = options;
  }

  get setAside(): readonly SetAsideFile[] {
    return this.#strikes.setAside;
  }

  /** Loads a reading of a file. If it is refused, the one before stays. */
  async load(file: SiteFile): Promise<Extract<Answer, { kind: "loaded" | "refused" }>> {
    this.#strikes.forget(file.path);
    const answer = await this.#ask(new Task({ kind: "load", on: file })).catch(
      (error: Error): Answer => ({ kind: "refused", fault: `${file.path}: ${error.message}` }),
    );
    if (answer.kind === "loaded") this.#files.set(file.path, file);
    if (answer.kind === "loaded" || answer.kind === "refused") return answer;
    throw new Error(`a thread answered ${answer.kind}`);
  }

  /** The file is gone. */
  forget(path: string): void {
    this.#files.delete(path);
    this.#strikes.forget(path);
  }

  async prepare(on: CheckKey): Promise<void> {
    await this.#ask(new Task({ kind: "prepare", on }));
  }

  understand(on: CheckLine): Promise<Answer> {
    return this.#ask(new Task({ kind: "understand", on }));
  }

  async run(on: CheckLine, context: CheckContext, keepsState: boolean): Promise<Answer> {
    const task = new Task({ kind: "run", on }, context, !keepsState);
    using _cancellation = deadlineOf(context).whenAborted((reason) => this.#abort(task, `${reason}`));
    return await this.#ask(task);
  }

  /** Resolves when what is under way has ended and the threads are gone. */
  async retire(): Promise<void> {
    const tasks = [...this.#threads()].flatMap((thread) => [...thread.tasks.values()]);
    await Promise.allSettled(tasks.filter(({ isOver }) => !isOver).map(({ answered }) => answered.promise));
    await this.stop();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    const threads = [...this.#threads()];
    await Promise.all(threads.map((thread) => thread.stop()));
    for (const { tasks } of threads) for (const task of tasks.values()) task.fail(STOPPED);
    for (const task of this.#alone.splice(0)) task.fail(STOPPED);
  }

  #threads(): ReadonlySet<SiteThread> {
    return new Set([this.#current, this.#suspected, ...this.#held].filter((each) => each !== undefined));
  }

  /** The worker does not wait for it any more. */
  #abort(task: Task, reason: string): void {
    task.isOver = true;
    for (const thread of this.#threads()) {
      if (thread.tasks.has(task.id)) thread.post({ kind: "abort", id: task.id, reason });
    }
  }

  #ask(task: Task): Promise<Answer> {
    this.#give(task);
    return task.answered.promise;
  }

  #give(task: Task): void {
    const aside = this.#strikes.find(task.path);
    if (this.#isStopped) task.fail(STOPPED);
    else if (aside !== undefined) task.fail(new CheckDeclined(renderSetAside(aside)));
    else this.#findThread().give(task);
  }

  #findThread(): SiteThread {
    this.#current ??= this.#start();
    return this.#current;
  }

  #start(): SiteThread {
    const { resolver, valuesFolder, sessions, onPrinted, memoryMib = MEMORY_MIB } = this.#options;
    const thread = new SiteThread({
      resolves: resolver !== undefined,
      valuesFolder: valuesFolder?.(),
      sessions,
      memoryMib,
      onPrinted,
      onReport: (from, report) => this.#take(from, report),
      onSilent: (silent, ticks) => this.#watch(silent, ticks),
      onEnd: (ended, end) => this.#replace(ended, end),
    });
    for (const file of this.#files.values()) {
      if (this.#strikes.find(file.path) === undefined) this.#reload(thread, file);
    }
    return thread;
  }

  /** A new thread loads what the threads before it had. */
  #reload(thread: SiteThread, file: SiteFile): void {
    const task = new Task({ kind: "load", on: file });
    task.answered.promise.then(
      (answer) => answer.kind === "refused" && this.#options.log.error(`refused ${answer.fault}`),
      () => {}, // the end of the thread is told
    );
    thread.give(task);
  }

  #take(thread: SiteThread, report: FromThread): void {
    if (report.kind === "answer") this.#finish(thread, report.id, report.answer);
    if (report.kind === "log") {
      const context = report.id === undefined ? undefined : thread.tasks.get(report.id)?.context;
      (context?.log ?? this.#options.onDebug)(report.text);
    }
    if (report.kind === "warning") this.#options.log.warn(report.text);
    if (report.kind === "need") {
      const task = report.by === undefined ? undefined : thread.tasks.get(report.by);
      void giveNeed(report.need, task, this.#options.resolver).then((given) =>
        thread.post({ kind: "give", id: report.id, given }),
      );
    }
  }

  #finish(thread: SiteThread, id: number, answer: Answer): void {
    const task = thread.tasks.get(id);
    thread.tasks.delete(id);
    task?.answer(answer);
    if (task?.question.kind === "run") this.#strikes.forgive(task.path);
    if (thread.tasks.size > 0) return;
    if (thread === this.#suspected) this.#runAlone();
    else if (this.#held.delete(thread)) void thread.stop();
  }

  #watch(thread: SiteThread, ticks: number): void {
    const isLoading = [...thread.tasks.values()].some(({ question }) => question.kind === "load");
    const { busySeconds: seconds = BUSY_SECONDS } = this.#options;
    if (ticks === seconds * 10) thread.end({ kind: "busy", seconds });
    else if (isLoading || thread === this.#suspected) return;
    else if (ticks >= HELD_UP && thread === this.#current && this.#held.size < MAX_HELD) {
      this.#held.add(thread);
      this.#current = this.#start();
    } else if (ticks === STUCK && this.#held.has(thread)) this.#moveOthers(thread);
  }

  /** What waits behind the code that is on turn is run in another thread. */
  #moveOthers(thread: SiteThread): void {
    const owner = thread.onTurn;
    if (owner === undefined) return;
    const others = [...thread.tasks.values()].filter((task) => task.id !== owner.id && task.mayRepeat);
    for (const task of others) {
      thread.tasks.delete(task.id);
      thread.post({ kind: "abort", id: task.id, reason: "it is run again" });
      if (!task.isOver) this.#give(task);
    }
    this.#options.log.warn(`${owner.name} of ${owner.path} lets no other check run`);
  }

  #replace(thread: SiteThread, end: ThreadEnd): void {
    const verdict = findVerdict(
      [...thread.tasks.values()].filter(({ isOver }) => !isOver),
      end,
    );
    thread.tasks.clear();
    this.#held.delete(thread);
    if (thread === this.#current) this.#current = undefined;
    if (thread === this.#suspected) this.#suspected = undefined;
    this.#report(verdict);
    verdict.culprit?.fail(faultOf(verdict.culprit, end.ending));
    if (this.#isStopped) return;
    for (const task of verdict.others) this.#repeat(task, verdict);
    if (this.#suspected === undefined) this.#runAlone();
    if (this.#files.size > 0) this.#current ??= this.#start();
  }

  #report(verdict: Verdict): void {
    const { log } = this.#options;
    const { path, ending } = verdict;
    log.error(renderVerdict(verdict));
    if (path === undefined || !this.#strikes.count(path, ending)) return;
    log.error(`${path} is set aside until it changes, it has ended its thread three times in a row`);
  }

  #repeat(task: Task, verdict: Verdict): void {
    task.ends += 1;
    if (!task.mayRepeat || task.ends > MAX_ENDS) task.fail(interruptionOf(task, verdict));
    else if (verdict.path === undefined) this.#alone.push(task);
    else this.#give(task);
  }

  /** One after the other in a thread of their own, so that it is known who ends it. */
  #runAlone(): void {
    let task = this.#alone.shift();
    while (task?.isOver) task = this.#alone.shift();
    if (task !== undefined) {
      this.#suspected ??= this.#start();
      this.#suspected.give(task);
      return;
    }
    void this.#suspected?.stop();
    this.#suspected = undefined;
  }
}

const STOPPED = new Error("the worker stops");

function renderSetAside({ path, why }: SetAsideFile): string {
  return `${path} is set aside until it changes, it has ended its thread three times in a row: ${why}`;
}
