import { Script } from "node:vm";

const ACTION = Symbol.for("omd-worker.fuzz.action");
const CALL = new Script(`globalThis[Symbol.for("omd-worker.fuzz.action")]()`);

/** It was stopped, as it took too long. */
export class TooLong extends Error {
  override readonly name = "TooLong";
}

/**
 * Calls the function, and stops it after so many milliseconds, wherever it is: V8 has a thread that does
 * that. Regular expressions are stopped, too. Throws a TooLong then.
 */
export function stopAfter(ms: number, action: () => void): void {
  Reflect.set(globalThis, ACTION, action);
  try {
    CALL.runInThisContext({ timeout: ms });
  } catch (error) {
    const isStopped =
      error instanceof Error && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
    throw isStopped ? new TooLong(`not through after ${ms} ms`) : error;
  } finally {
    Reflect.deleteProperty(globalThis, ACTION);
  }
}

/** Waits for the promise. Rejects with a TooLong after so many milliseconds. */
export async function waitFor<Value>(ms: number, promise: Promise<Value>): Promise<Value> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new TooLong(`not settled after ${ms} ms`)), ms);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
