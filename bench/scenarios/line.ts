/** What a worker is measured with: one command line, or a mix of them. */
export interface Line {
  readonly name: string;
  readonly mix: readonly Part[];
  readonly jobs: number;
  /** Jobs a second; absent: all at once. */
  readonly rate?: number;
  /** Used in place of `--pool`. */
  readonly pool?: number;
  /** Jobs run before the measurement, so that pools are full and code is compiled. */
  readonly warmUp: number;
  /** Memory is read so long after the first job; absent: after the last result. */
  readonly memoryAfterMs?: number;
  /** Arguments that our own worker gets besides its usual ones. */
  readonly own: readonly string[];
  /** Words before the worker's command. The line is left out where one of them has no value. */
  readonly under?: readonly string[];
  /** Our own worker records how late its event loop is. */
  readonly hasLoopDelay?: true;
  /** Our own worker goes on for so many minutes, and its last one is measured, too. */
  readonly minutes?: number;
  /** A site has so many checks of the last part a minute. */
  readonly perMinute?: number;
  /** Only our own worker is measured: a peer would repeat what it does on another line. */
  readonly isOwnOnly?: true;
}

/**
 * `startStandIns` knows what placeholders in a command, such as `{plugins}`, stand for. `%i` is replaced by
 * the job's number, `%a` by an address of this machine that only this job has, and `%h250` by that of one of
 * 250 hosts.
 */
export interface Part {
  readonly command: string;
  /**
   * A regular expression for the first line of the output; a result that says anything else is counted as
   * wrong.
   */
  readonly output?: string;
  /** Any other return code is counted as wrong; absent: 0. */
  readonly returnCode?: number;
  /** The share of the jobs of the line, in any unit. */
  readonly share: number;
  readonly queue: "host" | "service";
  /** False: the command takes long by itself, so its latency says nothing about the worker. */
  readonly isTimed: boolean;
  readonly needs?: Need;
  /** So many jobs of this part arrive all at once, besides the jobs of the line. Its share is 0. */
  readonly storm?: number;
}

/**
 * Something a machine may lack. `probe` is a command that succeeds where it is installed. Files and stand-ins
 * need no probe.
 */
export interface Need {
  readonly what: string;
  readonly probe: readonly string[];
}

/** The mix of a line that has one command only. */
export function only(part: Pick<Part, "command" | "output" | "needs">): readonly Part[] {
  return [{ ...part, share: 1, queue: "service", isTimed: true }];
}

/** Options that change the numbers of a line. */
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

/** The jobs of a mix that arrive all at once. */
export function stormOf(
  mix: readonly Part[],
  scale: number,
): { readonly part: Part; readonly jobs: number } | undefined {
  const part = mix.find(({ storm }) => storm !== undefined);
  return part?.storm === undefined ? undefined : { part, jobs: Math.round(part.storm * scale) };
}

/** How many times a line starts a worker: nothing is offered, so there is no rate. */
export function startsOf(line: Line, { jobs, scale }: Pick<Wishes, "jobs" | "scale">): number {
  return offerOf(line, { jobs, scale, rate: undefined, seconds: undefined }).jobs;
}
