/** What a worker is measured with: one command line, or a mix of them. */
export interface Line {
  readonly name: string;
  readonly mix: readonly Part[];
  readonly jobs: number;
  /** Jobs a second; absent: all at once. */
  readonly rate?: number;
  /** Takes the place of `--pool`. */
  readonly pool?: number;
  /** Jobs run before the measurement, so that pools are full and code is compiled. */
  readonly warmUp: number;
  /** When memory is read, counted from the first job; else after the last result. */
  readonly memoryAfterMs?: number;
  /** What our own worker gets besides its usual arguments. */
  readonly own: readonly string[];
  /** Our own worker tells how late its event loop is. */
  readonly hasLoopDelay?: true;
  /** Only to compare our worker with itself: peers would do once more what they do on another line. */
  readonly isOwnOnly?: true;
}

/** `{plugins}`, `{data}`, `{tcp}` and `{snmp}` in a command are replaced by what `startStandIns` knows. */
export interface Part {
  readonly command: string;
  /** A regular expression for the first line of the output; a result that says anything else is counted as wrong. */
  readonly output?: string;
  /** Of all jobs of the line, in any unit. */
  readonly share: number;
  readonly queue: "host" | "service";
  /** False: it lasts by its nature, its latency says nothing about the worker. */
  readonly isTimed: boolean;
  readonly needs?: Need;
}

/** What a machine may lack; `probe` succeeds where it is there. A missing file or stand-in needs no probe. */
export interface Need {
  readonly what: string;
  readonly probe: readonly string[];
}

/** The whole mix of a line with one command. */
export function only(part: Pick<Part, "command" | "output" | "needs">): readonly Part[] {
  return [{ ...part, share: 1, queue: "service", isTimed: true }];
}

/** What the operator asks for beside the line's own numbers. */
export interface Wishes {
  readonly jobs: number | undefined;
  /** Jobs a second. */
  readonly rate: number | undefined;
  readonly seconds: number | undefined;
  readonly scale: number;
}

export interface Offer {
  readonly jobs: number;
  /** Undefined: a burst. */
  readonly rate: number | undefined;
}

/** How many jobs a line offers, and how fast. A scaled open load lasts as long as the whole. */
export function offerOf(line: Line, { jobs, rate, seconds, scale }: Wishes): Offer {
  const wanted = rate ?? line.rate;
  const perSecond = wanted === undefined ? undefined : wanted * scale;
  const whole = (jobs ?? line.jobs) * scale;
  const count = perSecond !== undefined && seconds !== undefined ? perSecond * seconds : whole;
  return { jobs: Math.max(2, Math.round(count)), rate: perSecond };
}

/** How many times a line starts a worker: nothing is offered, so there is no rate. */
export function startsOf(line: Line, { jobs, scale }: Pick<Wishes, "jobs" | "scale">): number {
  return offerOf(line, { jobs, scale, rate: undefined, seconds: undefined }).jobs;
}
