import { AsyncLocalStorage } from "node:async_hooks";
import type { Owner } from "../threads/messages.ts";

/** Where the debugger finds `readTurn`, when the worker asks a thread that is busy. */
export const TURN = "omd-worker.turn";

/** Knows in a thread whose code is on turn: for the worker, and for errors that nothing catches. */
export class Turn {
  readonly #owners = new AsyncLocalStorage<Owner>();
  /** The worker reads it even while the thread is busy. */
  readonly #shared: Int32Array;

  constructor(shared: Int32Array) {
    this.#shared = shared;
    Object.defineProperty(globalThis, Symbol.for(TURN), { value: () => JSON.stringify(this.owner ?? null) });
  }

  /** Also in callbacks and after `await`. */
  get owner(): Owner | undefined {
    return this.#owners.getStore();
  }

  /** Enters code of a site. */
  enter<Value>(owner: Owner, code: () => Value): Value {
    const before = this.#shared[0] ?? 0;
    this.#shared[0] = owner.id;
    try {
      return this.#owners.run(owner, code);
    } finally {
      this.#shared[0] = before;
    }
  }

  /** Leaves it for code that belongs to all, such as a shared value. */
  leave<Value>(code: () => Value): Value {
    return this.#owners.exit(code);
  }
}
