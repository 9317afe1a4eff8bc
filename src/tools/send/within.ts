import { setTimeout as pause } from "node:timers/promises";

/** Undefined: it took longer than so many seconds. 0: no limit. */
export async function within<Value>(seconds: number, value: Promise<Value>): Promise<Value | undefined> {
  if (seconds === 0) return value;
  const ended = new AbortController();
  const late = pause(seconds * 1000, undefined, { signal: ended.signal }).catch(() => undefined);
  try {
    return await Promise.race([value, late]);
  } finally {
    ended.abort();
  }
}
