export interface GrabGroupsOptions {
  /** A group is begun so long after the group before it. 0: jobs are taken one by one. */
  readonly intervalMs: number;
  /** The time of the next group has come. */
  readonly onDue: () => void;
}

/** Jobs that came within one interval are a flow, and the next ones are expected. */
const FLOW = 2;
/** How many grabs a group may begin with. */
const MOST_GRABS = 64;
/** A timer is not worth while for less. */
const SHORTEST_WAIT_MS = 1;

/**
 * Lets jobs that come in a steady flow be taken in groups, as each wake-up costs more than a small job. The
 * first job after a pause is taken at once. The next group begins `intervalMs` after it. Until then its jobs
 * stay in the job server's queue, where any other worker may take them.
 *
 * - Jobs that come one by one: the grabber sleeps, and what wakes it too soon is *held*.
 * - A flow: the grabber does not sleep when the server has no more jobs. It asks again after the interval,
 *   for as many jobs as it got the last time and one more. A reply without a job shows that the queue is
 *   empty. If there is none, the queue is busy, and the group limits the grabs no longer.
 */
export class GrabGroups {
  readonly #options: GrabGroupsOptions;
  #beganMs = Number.NEGATIVE_INFINITY;
  #jobs = 0;
  /** Grabs of this group that have no reply yet, sent or not. Undefined: the group does not limit them. */
  #open: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: GrabGroupsOptions) {
    this.#options = options;
  }

  /** No job is taken until the time of the next group. */
  get isHeld(): boolean {
    return this.#timer !== undefined;
  }

  /** How many grabs may be without a reply, as far as the group limits them. */
  get limit(): number | undefined {
    return this.#open;
  }

  /**
   * The server has jobs again. Returns whether they are held. `isSingle`: they come one by one; jobs that
   * come in numbers are not held.
   */
  wokenUp(isSingle: boolean): boolean {
    const leftMs = this.#leftMs();
    if (leftMs < SHORTEST_WAIT_MS) this.#begin(undefined);
    if (leftMs < SHORTEST_WAIT_MS || !isSingle) return false;
    this.#hold(FLOW, leftMs);
    return true;
  }

  gotJob(): void {
    this.#jobs++;
    if (this.#open !== undefined) this.#open = this.#open > 1 ? this.#open - 1 : undefined;
  }

  /** A grab came back without a job. */
  gotNone(): void {
    this.#open = undefined;
  }

  /** The server has no more jobs. Returns whether it is asked again after the interval without a NOOP. */
  rest(): boolean {
    const leftMs = this.#leftMs();
    if (this.#jobs < FLOW || leftMs < SHORTEST_WAIT_MS) return false;
    this.#hold(Math.min(this.#jobs + 1, MOST_GRABS), leftMs);
    return true;
  }

  /** Forgets the flow: the connection is another one, or no more jobs are wanted. */
  reset(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#open = undefined;
    this.#jobs = 0;
    this.#beganMs = Number.NEGATIVE_INFINITY;
  }

  #leftMs(): number {
    return this.#beganMs + this.#options.intervalMs - performance.now();
  }

  #hold(grabs: number, ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#begin(grabs);
      this.#options.onDue();
    }, ms);
  }

  #begin(grabs: number | undefined): void {
    this.#beganMs = performance.now();
    this.#jobs = 0;
    this.#open = grabs;
  }
}
