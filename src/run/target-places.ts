import { isIP } from "node:net";
import { MAX_TIMEOUT_MS } from "../../sdk/deadline.ts";
import { Waits } from "../../sdk/waits.ts";

/** What a job holds while it runs. A job that waits gives it up, so that others may run meanwhile. */
export interface RunPlace {
  leave(): void;
  /** Waits until the job may go on. Undefined: it may at once. */
  enter(): Promise<void> | undefined;
}

export interface TargetWait {
  /** Seconds after which the job must be answered. */
  readonly timeout: number;
  readonly place: RunPlace;
}

/** The worker has ended before it was the check's turn. */
class WorkerEnded extends Error {
  override readonly name = "WorkerEnded";

  constructor() {
    super("the worker has ended before it was the turn of the check");
  }
}

/** A target that as many checks ask as may. */
export interface FullTarget {
  /** As it stands on the command line. */
  readonly target: string;
  readonly underWay: number;
  readonly waiting: number;
}

/** So many are told, those with the most checks that wait. */
const MOST_TOLD = 20;

interface Waiter {
  readonly letIn: () => void;
  readonly giveUp: (error: Error) => void;
}

/** The check has not begun, so no time of its own has to stand still. */
const NO_DEADLINE = new AbortController().signal;

/** The checks of one target. */
interface Line {
  underWay: number;
  /** The first to come is the first. */
  readonly waiting: Set<Waiter>;
}

/**
 * Limits how many native checks ask one target at a time (`native_target_max`). A target that does not answer
 * keeps each of its checks for their whole time-out. Without a limit it would keep all slots, and the checks
 * of other targets would wait.
 *
 * A check that waits has given up its slot. Its own time-out (`-t`) has not begun. The time-out of its job
 * goes on: what is left of it is the time of its run, and a job whose time is up has timed out.
 */
export class TargetPlaces {
  readonly waits = new Waits();
  readonly #lines = new Map<string, Line>();
  readonly #nameOf: (address: string) => string | undefined;
  #most = 0;
  #waiting = 0;
  #isEnded = false;

  /** `nameOf` gives the name of an address, if one is known without asking. */
  constructor(nameOf: (address: string) => string | undefined = () => undefined) {
    this.#nameOf = nameOf;
  }

  /** 0: no limit. */
  configure(most: number): void {
    this.#most = most;
    for (const [target, line] of this.#lines) this.#letIn(target, line);
  }

  get isLimited(): boolean {
    return this.#most > 0;
  }

  /** The targets at their limit, those with the most checks that wait first. */
  get full(): readonly FullTarget[] {
    const full = [...this.#lines].flatMap(([target, { underWay, waiting }]) =>
      underWay < this.#limit ? [] : [{ target, underWay, waiting: waiting.size }],
    );
    return full.toSorted((a, b) => b.waiting - a.waiting).slice(0, MOST_TOLD);
  }

  /** How many checks wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Resolves when the check may begin. The result is disposed of when it has ended. Undefined: the time of
   * the job is up. Rejects when the worker ends.
   */
  async enter(asked: string, wait: TargetWait): Promise<Disposable | undefined> {
    const target = this.#targetOf(asked);
    const line = this.#lineOf(target);
    if (line.underWay < this.#limit) {
      line.underWay += 1;
      return this.#placeIn(target, line);
    }
    const untilMs = performance.now() + wait.timeout * 1000;
    wait.place.leave();
    if (!(await this.#wait(target, line, wait.timeout))) return undefined;
    const place = this.#placeIn(target, line);
    await wait.place.enter();
    if (performance.now() < untilMs) return place;
    place[Symbol.dispose]();
    return undefined;
  }

  /** The checks that wait are given up. */
  stop(): void {
    this.#isEnded = true;
    for (const { waiting } of this.#lines.values())
      for (const each of waiting) each.giveUp(new WorkerEnded());
  }

  /** True: the check has a place now. False: its time is up. */
  async #wait(target: string, line: Line, timeout: number): Promise<boolean> {
    if (this.#isEnded) throw new WorkerEnded();
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    const end = (act: () => void) => {
      if (line.waiting.delete(waiter)) act();
    };
    const waiter: Waiter = {
      letIn: () => end(() => resolve(true)),
      giveUp: (error) => end(() => reject(error)),
    };
    const timer = setTimeout(() => end(() => resolve(false)), Math.min(timeout * 1000, MAX_TIMEOUT_MS));
    line.waiting.add(waiter);
    this.#waiting += 1;
    using _waiting = this.waits.begin(NO_DEADLINE);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting -= 1;
      this.#forgetIfEmpty(target, line);
    }
  }

  #placeIn(target: string, line: Line): Disposable {
    let isLeft = false;
    return {
      [Symbol.dispose]: () => {
        if (isLeft) return;
        isLeft = true;
        line.underWay -= 1;
        this.#letIn(target, line);
      },
    };
  }

  #letIn(target: string, line: Line): void {
    for (const { letIn } of line.waiting) {
      if (line.underWay >= this.#limit) return;
      line.underWay += 1;
      letIn();
    }
    this.#forgetIfEmpty(target, line);
  }

  get #limit(): number {
    return this.#most > 0 ? this.#most : Number.POSITIVE_INFINITY;
  }

  /**
   * A device is asked by its name and by its address. An address of several names stays a target of its own:
   * a proxy has many names, and each of them is another service.
   */
  #targetOf(asked: string): string {
    const name = this.isLimited && isIP(asked) !== 0 ? this.#nameOf(asked) : undefined;
    return name ?? asked;
  }

  #lineOf(target: string): Line {
    const known = this.#lines.get(target);
    if (known !== undefined) return known;
    const line = { underWay: 0, waiting: new Set<Waiter>() };
    this.#lines.set(target, line);
    return line;
  }

  #forgetIfEmpty(target: string, line: Line): void {
    if (line.underWay === 0 && line.waiting.size === 0) this.#lines.delete(target);
  }
}
