import type { CheckContext, CommandOutcome } from "../../../../sdk/check.ts";
import type { Answer, Question } from "./messages.ts";

/** A question that one thread after another may get, until it has an answer. */
export class Task {
  static #last = 0;
  readonly id: number;
  readonly question: Question;
  /** Of a run. */
  readonly context: CheckContext | undefined;
  /** False: what the run changes must not be changed twice. */
  readonly mayRepeat: boolean;
  readonly answered = Promise.withResolvers<Answer>();
  /** How many threads have ended with it. */
  ends = 0;
  isOver = false;
  readonly #commands: Promise<CommandOutcome>[] = [];
  #asked = 0;

  constructor(question: Question, context?: CheckContext, mayRepeat = true) {
    // The number of the task on turn is in shared memory, and has 31 bits there.
    Task.#last = (Task.#last % 0x7fff_ffff) + 1;
    this.id = Task.#last;
    this.question = question;
    this.context = context;
    this.mayRepeat = mayRepeat;
  }

  get path(): string {
    return this.question.on.path;
  }

  /** The name of the check, or the file that is loaded. */
  get name(): string {
    return this.question.kind === "load" ? this.path : this.question.on.name;
  }

  answer(answer: Answer): void {
    this.isOver = true;
    this.answered.resolve(answer);
  }

  fail(error: unknown): void {
    this.isOver = true;
    this.answered.reject(error);
  }

  /** It goes to another thread. */
  begin(): void {
    this.#asked = 0;
  }

  /** A run that is repeated gets the outcome of a command that was executed before. */
  execute(timeoutMs: number): Promise<CommandOutcome> {
    const { context } = this;
    if (context === undefined) return Promise.reject(new Error("only a run executes a command"));
    const known = this.#commands[this.#asked];
    this.#asked += 1;
    if (known !== undefined) return known;
    const outcome = context.execute({ timeoutMs });
    this.#commands.push(outcome);
    return outcome;
  }
}
