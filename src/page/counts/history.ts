import { Spread } from "./spread.ts";

/** How long one point of the history is, in seconds. */
export const POINT_SECONDS = 10;
/** The points of an hour. */
export const POINTS = 360;

/** Ten seconds of the worker. Times are in seconds; null where no job has told one. */
export interface Point {
  /** When it ended, in seconds since the epoch. */
  readonly time: number;
  /** Jobs a second that had their turn. */
  readonly rate: number;
  readonly timedOut: number;
  /** Jobs under way at its end. */
  readonly inFlight: number;
  /** From the core's plan to the start of the command. */
  readonly latencyP50: number | null;
  readonly latencyP95: number | null;
  /** How long commands ran. */
  readonly durationP50: number | null;
  readonly durationP95: number | null;
}

/** The last hour, in a ring of fixed size: a point for every ten seconds. */
export class History {
  readonly #ring: (Point | undefined)[] = new Array(POINTS).fill(undefined);
  readonly #latency = new Spread();
  readonly #duration = new Spread();
  #closed = 0;
  #jobs = 0;
  #timedOut = 0;
  #sinceMs = performance.now();

  /** Points that were closed since the start. */
  get closed(): number {
    return this.#closed;
  }

  /** A job had its turn. */
  job(): void {
    this.#jobs += 1;
  }

  /** A command has run for these seconds, or was ended after them because they were too many. */
  ran(seconds: number, isTimedOut: boolean): void {
    this.#duration.add(seconds);
    if (isTimedOut) this.#timedOut += 1;
  }

  /** A job came so many seconds after the core had planned it. */
  started(latency: number): void {
    this.#latency.add(latency);
  }

  /** Closes the present point, and begins the next. */
  close(inFlight: number): void {
    this.#ring[this.#closed % POINTS] = this.look(inFlight);
    this.#closed += 1;
    this.#jobs = 0;
    this.#timedOut = 0;
    this.#sinceMs = performance.now();
    this.#latency.clear();
    this.#duration.clear();
  }

  /** The present point, as it stands. A point that is closed late has the right rate, too. */
  look(inFlight: number): Point {
    const seconds = Math.max(1, (performance.now() - this.#sinceMs) / 1000);
    return {
      time: Math.round(Date.now() / 1000),
      rate: round(this.#jobs / seconds) ?? 0,
      timedOut: this.#timedOut,
      inFlight,
      latencyP50: round(this.#latency.quantile(0.5)),
      latencyP95: round(this.#latency.quantile(0.95)),
      durationP50: round(this.#duration.quantile(0.5)),
      durationP95: round(this.#duration.quantile(0.95)),
    };
  }

  /** The points that are still kept, the oldest first, without the first `from` of all that were closed. */
  points(from = 0): readonly Point[] {
    const first = Math.max(from, this.#closed - POINTS);
    const count = Math.max(0, this.#closed - first);
    return Array.from({ length: count }, (_, at) => this.#ring[(first + at) % POINTS]).filter(
      (point) => point !== undefined,
    );
  }
}

/** Four digits are enough for a plot. */
function round(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : null;
}
