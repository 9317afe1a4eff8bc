import { AsyncLocalStorage, createHook } from "node:async_hooks";
import type { Owner } from "../threads/messages.ts";

/** Knows in a thread whose code is on turn: for the worker, and for errors that nothing catches. */
export class Turn {
  readonly #owners = new AsyncLocalStorage<Owner>();
  /** The id of whose code is on turn, 0 for none. The worker reads it even while the thread is busy. */
  readonly #shared: Int32Array;
  readonly #before: number[] = [];

  constructor(shared: Int32Array) {
    this.#shared = shared;
    // Code that goes on after an `await` or in a callback is entered, too.
    createHook({
      before: () => {
        this.#before.push(this.#shared[0] ?? 0);
        this.#shared[0] = this.owner?.id ?? 0;
      },
      after: () => {
        this.#shared[0] = this.#before.pop() ?? 0;
      },
    }).enable();
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
