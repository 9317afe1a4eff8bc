export interface TimeLimit {
  /** Of 0 and less, and of more than 24 days, only `signal` is the limit, as `alarm(0)` sets none. */
  readonly seconds: number;
  /** The check's own deadline: `context.signal`. Undefined: only the seconds are a limit. */
  readonly signal?: AbortSignal;
  /** What the promise rejects with when the seconds are up: mostly a `CheckFailure`. */
  readonly onTimeout: () => Error;
}

/**
 * Runs `work` for a limited time, as a plugin does with its `-t`. The signal it is given is aborted when the seconds are up or the
 * check's own signal is; nobody waits for `work` after that: the promise rejects with what `onTimeout` gives, or with the reason of
 * the check's signal.
 */
export async function withinSeconds<Value>(
  { seconds, signal, onTimeout }: TimeLimit,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  signal?.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const deadline = new AbortController();
  const stop = (reason: unknown) => {
    reject(reason);
    deadline.abort(reason);
  };
  const isLimited = seconds > 0 && seconds * 1000 <= MAX_TIMEOUT_MS;
  const timer = isLimited ? setTimeout(() => stop(onTimeout()), seconds * 1000) : undefined;
  using _cancellation = signal && whenAborted(signal, () => stop(signal.reason));
  try {
    return await Promise.race([work(deadline.signal), promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Calls `act` when the signal is aborted, unless it is disposed of before: `using _closing = whenAborted(signal, close)`. */
export function whenAborted(signal: AbortSignal, act: () => void): Disposable {
  signal.addEventListener("abort", act, { once: true });
  return { [Symbol.dispose]: () => signal.removeEventListener("abort", act) };
}

/** The longest time setTimeout takes. */
export const MAX_TIMEOUT_MS = 2_147_483_647;
