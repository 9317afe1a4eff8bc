import type { Job } from "./job.ts";

/**
 * The job's age in seconds if it is more than `max-age` allows. Undefined: the job may be run. A `max-age` of
 * 0 is no limit.
 *
 * The age of a job without a time is not known, so it is run. The C and the Go worker take it for a job of
 * 1970 and drop it: with max-age set they check nothing for a core that sends no time.
 */
export function ageIfTooOld(job: Job, nowSeconds: number, maxAge: number): number | undefined {
  if (maxAge <= 0 || job.coreTime === undefined) return undefined;
  const age = nowSeconds - job.coreTime;
  return age > maxAge ? age : undefined;
}
