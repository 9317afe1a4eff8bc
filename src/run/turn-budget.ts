/** How long checks may keep the event loop busy in one turn: half of what other work may notice. */
const TURN_MS = 10;

/** The checks of one family that wait for a turn. */
interface Line {
  readonly waiting: (() => void)[];
  /** Milliseconds that its checks have used while checks waited. */
  usedMs: number;
}

/**
 * Spreads the work of checks over turns of the event loop. Jobs come in bundles, as gearmand's answers to a
 * hundred grabs are read at once. If all their checks started in one turn, no answer would be read and no
 * deadline kept meanwhile.
 *
 * While checks wait, the family that has used the least time is next. So a thousand dear checks stand behind
 * a cheap one that comes after them, and a family cannot be kept out by another.
 */
export class TurnBudget {
  readonly #now: () => number;
  /** Families with checks that wait. */
  readonly #lines = new Map<string, Line>();
  #beganMs: number | undefined;
  /** The family whose check has just begun, and when. */
  #last: { readonly line: Line; readonly atMs: number } | undefined;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Resolves in a turn that has time left. Undefined: this turn has time left. */
  enter(family: string): Promise<void> | undefined {
    const isSpent = this.#isSpent();
    if (!isSpent && this.#lines.size === 0) return undefined;
    if (this.#lines.size === 0) setImmediate(this.#next);
    return new Promise((resolve) => this.#lineOf(family).waiting.push(resolve));
  }

  #lineOf(family: string): Line {
    const known = this.#lines.get(family);
    if (known !== undefined) return known;
    const line = { waiting: [], usedMs: 0 };
    this.#lines.set(family, line);
    return line;
  }

  /** Lets one check begin. The next one follows when this one waits for something. */
  readonly #next = (): void => {
    if (this.#isSpent()) {
      this.#charge();
      setImmediate(this.#next);
      return;
    }
    this.#charge();
    const line = this.#leastUsed();
    if (line === undefined) {
      this.#lines.clear();
      return;
    }
    this.#last = { line, atMs: this.#now() };
    line.waiting.shift()?.();
    // Node empties the queue of microtasks before it calls this.
    queueMicrotask(() => process.nextTick(this.#next));
  };

  #charge(): void {
    const last = this.#last;
    if (last !== undefined) last.line.usedMs += this.#now() - last.atMs;
    this.#last = undefined;
  }

  #leastUsed(): Line | undefined {
    let least: Line | undefined;
    for (const line of this.#lines.values()) {
      if (line.waiting.length > 0 && (least === undefined || line.usedMs < least.usedMs)) least = line;
    }
    return least;
  }

  #isSpent(): boolean {
    const now = this.#now();
    if (this.#beganMs === undefined) {
      this.#beganMs = now;
      // It runs before the checks that wait from now on.
      setImmediate(this.#end);
    }
    return now - this.#beganMs >= TURN_MS;
  }

  readonly #end = (): void => {
    this.#beganMs = undefined;
  };
}
