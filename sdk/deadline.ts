import { PausableTimer } from "./timer.ts";

/** How long some work may take, and what happens when it takes longer. */
export interface TimeLimit {
  /**
   * Seconds the work may take. 0 and less is no limit, as `alarm(0)` sets none; nor is more than 24 days,
   * which Node's timers cannot count. `signal` is the only limit then.
   */
  readonly seconds: number;
  /** The deadline of the check: `context.signal`. Undefined where there is none, as outside of a check. */
  readonly signal?: AbortSignal | undefined;
  /** Makes the error that the promise rejects with when the seconds are up: mostly a `CheckFailure`. */
  readonly onTimeout: () => Error;
}

/**
 * Runs `work` for a limited time, as a plugin does with its `-t`.
 *
 * `work` gets a signal that is aborted when the seconds are up or the check's own signal is aborted. The
 * promise does not wait for `work` after that. It rejects with the error of `onTimeout`, with the reason of
 * the check's signal, or with what `work` throws.
 */
export function withinSeconds<Value>(
  { seconds, signal, onTimeout }: TimeLimit,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const outer = signal && Deadline.of(signal);
  return withinDeadline({ seconds, outer, onTimeout }, (deadline) => work(deadline.signal));
}

/** The same limit, within a deadline that may have no signal. */
export interface DeadlineLimit extends Omit<TimeLimit, "signal"> {
  readonly outer: Deadline | undefined;
}

/** Does what `withinSeconds` does, for work that needs a signal in rare cases only. */
export function withinDeadline<Value>(
  { seconds, outer, onTimeout }: DeadlineLimit,
  work: (deadline: Deadline) => Promise<Value>,
): Promise<Value> {
  if (outer?.abortion !== undefined) return Promise.reject(outer.abortion.reason);
  const { promise, resolve, reject } = Promise.withResolvers<Value>();
  const isLimited = seconds > 0 && seconds * 1000 <= MAX_TIMEOUT_MS;
  const timer = new PausableTimer(isLimited ? seconds * 1000 : undefined, () => stop(onTimeout()));
  const deadline = new Deadline({ timer, outer });
  const end = () => {
    timer[Symbol.dispose]();
    outer?.offAbort(stop);
  };
  const fail = (reason: unknown) => {
    end();
    reject(reason);
  };
  const stop = (reason: unknown) => {
    fail(reason);
    deadline.abort(reason);
  };
  outer?.onAbort(stop);
  try {
    // An author's work may have been written without types, and give a plain value.
    Promise.resolve(work(deadline)).then((value) => {
      end();
      resolve(value);
    }, fail);
  } catch (error) {
    fail(error);
  }
  return promise;
}

/** What is called when a deadline has come, with the reason. */
type Act = (reason: unknown) => void;

interface DeadlineParts {
  /** What ends the time. */
  readonly timer?: Pick<PausableTimer, "hold" | "release"> | undefined;
  /** The deadline around this one. */
  readonly outer?: Deadline | undefined;
  /** The signal that it has from the start. */
  readonly signal?: AbortSignal | undefined;
}

/** The deadline is a property of its signal, which costs a check less than an entry of a WeakMap. */
const DEADLINE = Symbol("deadline");

type DeadlineSignal = AbortSignal & { [DEADLINE]?: Deadline };

/**
 * The end of the time that some work has. It makes an AbortSignal only for work that asks for one: a signal
 * and its listeners cost more than a short check.
 */
export class Deadline {
  readonly #parts: DeadlineParts;
  readonly #acts: Act[] = [];
  #controller: AbortController | undefined;
  #abortion: { readonly reason: unknown } | undefined;

  constructor(parts: DeadlineParts) {
    this.#parts = parts;
  }

  /** The deadline that a signal belongs to, or one that comes when the signal is aborted. */
  static of(signal: DeadlineSignal): Deadline {
    return signal[DEADLINE] ?? new Deadline({ signal });
  }

  /** Why it has come. Undefined: it has not. */
  get abortion(): { readonly reason: unknown } | undefined {
    const { signal } = this.#parts;
    return signal?.aborted ? { reason: signal.reason } : this.#abortion;
  }

  get signal(): AbortSignal {
    if (this.#parts.signal !== undefined) return this.#parts.signal;
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      (this.#controller.signal as DeadlineSignal)[DEADLINE] = this;
      if (this.#abortion !== undefined) this.#controller.abort(this.#abortion.reason);
    }
    return this.#controller.signal;
  }

  /** Calls `act` when the deadline comes, or at once if it has come. */
  onAbort(act: Act): void {
    const { abortion } = this;
    if (abortion !== undefined) {
      act(abortion.reason);
      return;
    }
    if (this.#acts.length === 0) this.#parts.signal?.addEventListener("abort", this.#follow, { once: true });
    this.#acts.push(act);
  }

  /** Takes `onAbort` back. */
  offAbort(act: Act): void {
    const at = this.#acts.indexOf(act);
    if (at < 0) return;
    this.#acts.splice(at, 1);
    if (this.#acts.length === 0) this.#parts.signal?.removeEventListener("abort", this.#follow);
  }

  /** The same as `onAbort`, until the result is disposed of. */
  whenAborted(act: Act): Disposable {
    this.onAbort(act);
    return { [Symbol.dispose]: () => this.offAbort(act) };
  }

  abort(reason: unknown): void {
    this.#abortion = { reason };
    for (const act of this.#acts.splice(0)) act(reason);
    this.#controller?.abort(reason);
  }

  /** The timers of this deadline and of those around it. */
  get timers(): readonly Pick<PausableTimer, "hold" | "release">[] {
    const { timer, outer } = this.#parts;
    return [...(timer ? [timer] : []), ...(outer?.timers ?? [])];
  }

  readonly #follow = (): void => this.abort(this.#parts.signal?.reason);
}

/** The deadline of a run. A context that the worker gives has one without a signal. */
export function deadlineOf(context: {
  readonly signal: AbortSignal;
  readonly deadline?: Deadline;
}): Deadline {
  return context.deadline ?? Deadline.of(context.signal);
}

/** What ends the time of work that has a signal of another kind, and the signal around it. */
interface SignalParts {
  readonly timer?: Pick<PausableTimer, "hold" | "release">;
  readonly outer?: AbortSignal;
}

/** Says which deadline a signal has, so that `holdDeadline` can let its time stand still. */
export function setDeadline(signal: DeadlineSignal, { timer, outer }: SignalParts): void {
  signal[DEADLINE] = new Deadline({ signal, timer, outer: outer && Deadline.of(outer) });
}

/**
 * Lets the time of a check stand still until the result is disposed of: its `-t`, and the time-out of its
 * job. For a wait inside the worker, which is not the target's fault.
 *
 * @param signal the one that the check, or `withinSeconds`, has given
 */
export function holdDeadline(signal: AbortSignal): Disposable {
  const held = [...Deadline.of(signal).timers];
  for (const timer of held) timer.hold();
  return {
    [Symbol.dispose]: () => {
      for (const timer of held.splice(0)) timer.release();
    },
  };
}

/**
 * Calls `act` when the signal is aborted, at most once. Disposing of the result takes that back:
 * `using _closing = whenAborted(signal, close)`. A signal that is aborted already calls nothing.
 */
export function whenAborted(signal: AbortSignal, act: () => void): Disposable {
  signal.addEventListener("abort", act, { once: true });
  return { [Symbol.dispose]: () => signal.removeEventListener("abort", act) };
}

/** The longest delay that setTimeout takes: 24.8 days. It fires at once for a longer one. */
export const MAX_TIMEOUT_MS = 2_147_483_647;
