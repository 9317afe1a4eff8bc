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
  if (signal?.aborted) return Promise.reject(signal.reason);
  const { promise, resolve, reject } = Promise.withResolvers<Value>();
  const deadline = new AbortController();
  const isLimited = seconds > 0 && seconds * 1000 <= MAX_TIMEOUT_MS;
  const timer = new PausableTimer(isLimited ? seconds * 1000 : undefined, () => stop(onTimeout()));
  const stopping = signal && whenAborted(signal, () => stop(signal.reason));
  const end = () => {
    timer[Symbol.dispose]();
    stopping?.[Symbol.dispose]();
  };
  const fail = (reason: unknown) => {
    end();
    reject(reason);
  };
  const stop = (reason: unknown) => {
    fail(reason);
    deadline.abort(reason);
  };
  setDeadline(deadline.signal, { timer, outer: signal });
  try {
    // An author's work may have been written without types, and give a plain value.
    Promise.resolve(work(deadline.signal)).then((value) => {
      end();
      resolve(value);
    }, fail);
  } catch (error) {
    fail(error);
  }
  return promise;
}

/** What aborts a signal when its time is up, and the signal that its work has from outside. */
interface Deadline {
  readonly timer?: Pick<PausableTimer, "hold" | "release">;
  readonly outer?: DeadlineSignal | undefined;
}

/** The deadline is a property of its signal, which costs a check less than an entry of a WeakMap. */
const DEADLINE = Symbol("deadline");

type DeadlineSignal = AbortSignal & { [DEADLINE]?: Deadline };

/** Says which deadline a signal has, so that `holdDeadline` can let its time stand still. */
export function setDeadline(signal: DeadlineSignal, deadline: Deadline): void {
  signal[DEADLINE] = deadline;
}

/**
 * Lets the time of a check stand still until the result is disposed of: its `-t`, and the time-out of its
 * job. For a wait inside the worker, which is not the target's fault.
 *
 * @param signal the one that the check, or `withinSeconds`, has given
 */
export function holdDeadline(signal: DeadlineSignal): Disposable {
  const held: Pick<PausableTimer, "hold" | "release">[] = [];
  for (let at = signal[DEADLINE]; at !== undefined; at = at.outer?.[DEADLINE]) {
    if (at.timer !== undefined) held.push(at.timer);
  }
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
