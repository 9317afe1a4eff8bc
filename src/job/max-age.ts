import type { Job } from "./job.ts";

/**
 * The job's age in seconds if that is more than `max-age` allows (0: no limit), else undefined.
 *
 * A job that carries no time has no age we know of, so it is run. Both peers take it for a job of 1970 and
 * drop it: with max-age set they would never check anything for a core that sends no time.
 */
export function ageIfTooOld(job: Job, nowSeconds: number, maxAge: number): number | undefined {
  if (maxAge <= 0 || job.coreTime === undefined) return undefined;
  const age = nowSeconds - job.coreTime;
  return age > maxAge ? age : undefined;
}
