/** A difference that the network and the core's own second explain is none. */
const CLOCK_SECONDS = 2;

/** What the clocks of the core and of this machine have told. Texts are for people. */
export interface ClockDifference {
  readonly text: string;
  readonly advice: string;
}

/**
 * `leastLatency` is the least number of seconds from the time that the core has planned for a job to its
 * start. No job can begin before that time. Undefined: the clocks agree, or nothing is known.
 */
export function findClockDifference(leastLatency: number | undefined): ClockDifference | undefined {
  if (leastLatency === undefined || leastLatency >= -CLOCK_SECONDS) return undefined;
  return {
    text: `a job began ${(-leastLatency).toFixed(1)} s before the time that the core had planned for it`,
    advice: "set the clocks of this machine and of the core, as with chrony",
  };
}
