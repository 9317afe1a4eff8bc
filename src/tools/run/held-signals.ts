/** Signals that would end this program before the result is on its way. */
const HELD = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

type HeldSignal = (typeof HELD)[number];

/** While it lives, signals end nothing: they are given to whoever takes them just now. */
export class HeldSignals implements Disposable {
  #first: HeldSignal | undefined;
  #taker: ((name: HeldSignal) => void) | undefined;

  constructor() {
    for (const name of HELD) process.on(name, this.#handle);
  }

  /** The first one that came. */
  get first(): HeldSignal | undefined {
    return this.#first;
  }

  /** Undefined: what comes is only noted. */
  giveTo(taker: ((name: HeldSignal) => void) | undefined): void {
    this.#taker = taker;
  }

  [Symbol.dispose](): void {
    for (const name of HELD) process.off(name, this.#handle);
  }

  readonly #handle = (name: NodeJS.Signals): void => {
    const held = HELD.find((each) => each === name);
    if (held === undefined) return;
    this.#taker?.(held);
    this.#first ??= held;
  };
}
