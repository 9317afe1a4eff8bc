import type { CheckContext, CheckOutput } from "../../../../sdk/check.ts";
import type { SharedValues } from "../../../../sdk/shared.ts";
import type { Answer, CheckKey, CheckLine, Owner, Question, SiteFile } from "../threads/messages.ts";
import { describeThrown } from "../threads/thrown.ts";
import type { LoadedChecks } from "./loaded-checks.ts";
import type { Turn } from "./turn.ts";
import type { WorkerSide } from "./worker-side.ts";

export interface QuestionsOptions {
  readonly checks: LoadedChecks;
  readonly turn: Turn;
  readonly shared: SharedValues;
  readonly worker: WorkerSide;
  readonly load: (url: string) => Promise<object>;
}

/** Answers the questions of the worker with the code of the site's checks. */
export class Questions {
  readonly #options: QuestionsOptions;
  /** Of the runs under way. */
  readonly #runs = new Map<number, Run>();
  readonly #lines = new Map<number, CheckLine>();

  constructor(options: QuestionsOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  async answer(id: number, question: Question): Promise<void> {
    if (question.kind === "run") return this.#answerRun(id, question.on);
    const answer = await this.#find(id, question).catch(failed);
    this.#options.worker.tell({ kind: "answer", id, answer });
  }

  /** Runs a line that was run before. Never rejects. */
  async again(id: number, line: number): Promise<void> {
    await this.#answerRun(id, this.#lines.get(line));
  }

  abort(id: number, reason: string): void {
    this.#runs.get(id)?.abort(reason);
  }

  async #answerRun(id: number, line: CheckLine | undefined): Promise<void> {
    const { worker } = this.#options;
    const run = new Run();
    this.#runs.set(id, run);
    try {
      if (line === undefined) throw new Error("the worker has not sent the line");
      this.#keep(line);
      const output = await this.#run(id, line, run);
      // The lines of a log come first.
      if (run.hasLogged) worker.tell({ kind: "answer", id, answer: { kind: "output", ...output } });
      else worker.tellOutput(id, output);
    } catch (error) {
      worker.tell({ kind: "answer", id, answer: failed(error) });
    } finally {
      this.#runs.delete(id);
    }
  }

  #find(id: number, question: Exclude<Question, { kind: "run" }>): Promise<Answer> {
    switch (question.kind) {
      case "load":
        return this.#load(id, question.on);
      case "prepare":
        return this.#prepare(id, question.on);
      case "understand":
        return this.#understand(id, question.on);
    }
  }

  #load(id: number, file: SiteFile): Promise<Answer> {
    const { checks, turn, load } = this.#options;
    const owner = { id, path: file.path, name: file.path };
    return checks.load(file, () => turn.enter(owner, () => load(file.url)));
  }

  async #prepare(id: number, key: CheckKey): Promise<Answer> {
    const { checks, turn } = this.#options;
    const check = await checks.find(key);
    await turn.enter(ownerOf(id, key), () => check.prepare?.());
    return { kind: "prepared" };
  }

  async #understand(id: number, line: CheckLine): Promise<Answer> {
    const { checks, turn } = this.#options;
    const check = await checks.find(line);
    const understood = turn.enter(ownerOf(id, line), () => checks.understand(check, line));
    if (understood === undefined) return { kind: "not-understood" };
    const { command, keepsState = false } = understood;
    return { kind: "understood", command: command && plain(command), keepsState };
  }

  #keep(line: CheckLine): void {
    if (line.words !== undefined || this.#lines.get(line.line) === line) return;
    this.#lines.delete(line.line);
    this.#lines.set(line.line, line);
    const [oldest] = this.#lines.keys();
    if (this.#lines.size > MAX_LINES && oldest !== undefined) this.#lines.delete(oldest);
  }

  async #run(id: number, line: CheckLine, run: Run): Promise<CheckOutput> {
    const { checks, turn } = this.#options;
    const found = checks.find(line);
    const check = found instanceof Promise ? await found : found;
    run.throwIfAborted();
    const output = await turn.enter(ownerOf(id, line), () => {
      const understood = checks.understand(check, line);
      if (understood === undefined) throw new Error(`${line.name} has not understood its words again`);
      return understood.run(this.#createContext(id, run, line));
    });
    return readParts(output);
  }

  #createContext(id: number, run: Run, { words }: CheckLine): CheckContext {
    const { shared, worker, turn } = this.#options;
    const abilities: Omit<CheckContext, "signal"> = {
      ...(words && { words }),
      shared: (value) => turn.leave(() => shared.get(value)),
      log: (text) => {
        run.hasLogged = true;
        worker.tell({ kind: "log", id, text: `${text}` });
      },
      execute: ({ timeoutMs }) => worker.execute(id, timeoutMs),
    };
    return new RunContext(abilities, run);
  }
}

/**
 * The signal is no getter of an object literal, as V8 would keep the garbage of each run until the next full
 * collection.
 */
class RunContext implements CheckContext {
  declare readonly words?: readonly string[];
  readonly shared: CheckContext["shared"];
  readonly log: CheckContext["log"];
  readonly execute: CheckContext["execute"];
  readonly #run: Run;

  constructor({ words, shared, log, execute }: Omit<CheckContext, "signal">, run: Run) {
    if (words !== undefined) this.words = words;
    this.shared = shared;
    this.log = log;
    this.execute = execute;
    this.#run = run;
  }

  get signal(): AbortSignal {
    return this.#run.signal;
  }
}

/** Twice as many as the worker may name by their numbers. */
const MAX_LINES = 40_000;

/** A run under way. Its AbortController is made only if the check looks at its signal. */
class Run {
  hasLogged = false;
  #controller: AbortController | undefined;
  #reason: string | undefined;

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  throwIfAborted(): void {
    if (this.#reason !== undefined) throw new Error(this.#reason);
  }

  abort(reason: string): void {
    this.#reason = reason;
    this.#controller?.abort(reason);
  }
}

function failed(error: unknown): Answer {
  return { kind: "thrown", thrown: describeThrown(error) };
}

function ownerOf(id: number, { path, name }: CheckKey): Owner {
  return { id, path, name };
}

/** What is no text and no number cannot be sent, and the worker refuses it by its absence. */
function readParts(output: CheckOutput | undefined): CheckOutput {
  const { returnCode, output: text, stderr }: Partial<CheckOutput> = output ?? {};
  const parts = { returnCode: plainPart(returnCode), output: plainPart(text) };
  return { ...parts, ...(stderr !== undefined && { stderr: plainPart(stderr) }) } as CheckOutput;
}

function plainPart(value: unknown): unknown {
  return typeof value === "string" || typeof value === "number" ? value : undefined;
}

function plain<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value));
}
