import { type Ending, renderEnding } from "./ending.ts";
import type { ThreadEnd } from "./site-thread.ts";
import type { Task } from "./task.ts";

/** Whose fault the end of a thread is. */
export interface Verdict {
  readonly ending: Ending;
  /** The task that was on turn. Undefined: its answer was there already, or it is not known. */
  readonly culprit: Task | undefined;
  /** Of the culprit's check, or of its file while it was loaded. */
  readonly name: string | undefined;
  /** Undefined: it is not known whose fault it is. */
  readonly path: string | undefined;
  /** The other tasks of the thread. */
  readonly others: readonly Task[];
}

/** Without a word from the thread only a single task can be blamed. */
export function findVerdict(tasks: readonly Task[], { ending, by }: ThreadEnd): Verdict {
  const only = tasks.length === 1 ? tasks[0] : undefined;
  const culprit = by === undefined ? only : tasks.find(({ id }) => id === by.id);
  const { name, path } = by ?? culprit ?? { name: undefined, path: undefined };
  return { ending, culprit, name, path, others: tasks.filter((task) => task !== culprit) };
}

/** One line for the log. */
export function renderVerdict({ ending, name, path, others }: Verdict): string {
  const again = others.length === 0 ? "" : `; ${others.length} checks under way are run again`;
  const whose = path === undefined ? "a check" : name === path ? path : `${name} of ${path}`;
  return `${whose} has ended its thread: ${renderEnding(ending)}${again}`;
}

/** The culprit's error. There is no stack: it would show lines of the worker. */
export function faultOf({ question, name }: Task, ending: Ending): Error {
  const did = renderEnding(ending);
  const message = question.kind === "load" ? did : `${name} has ended its thread: ${did}`;
  return Object.assign(new Error(message), { stack: message });
}

/** The error of a task that cannot be run again. */
export function interruptionOf(task: Task, { ending, name = "another check" }: Verdict): Error {
  const why = `${name} ended its thread (${renderEnding(ending)})`;
  const what = task.mayRepeat ? "was interrupted too often" : "was interrupted, and is not run twice";
  return new Error(`${task.name} ${what}: ${why}`);
}
