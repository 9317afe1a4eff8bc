import type { Acknowledgement, Capabilities, DowntimePlan, Ending, Target } from "./backend.ts";

/** No core has names that long. */
const MAX_NAME = 512;
/** A slip of the finger, such as milliseconds for seconds, would silence a check for decades. */
const MAX_DOWNTIME = 366 * 86_400;

/**
 * What cores would take and do something else with, as icinga2 takes a downtime that ends before it begins.
 * `now` in seconds since the epoch.
 */
export function whyImpossible(
  target: Target,
  wish: Acknowledgement | DowntimePlan,
  { expiringAcknowledgement }: Capabilities,
  now: number,
): Ending | undefined {
  if ([target.host, target.service ?? "x"].some(isNoName)) return { kind: "unknown-object" };
  if ("endsAt" in wish) return whyNoDowntime(wish, now);
  if (wish.expiresAt === undefined) return undefined;
  if (!expiringAcknowledgement) return refused("the monitoring knows no acknowledgement that expires");
  return wish.expiresAt > now ? undefined : refused("the acknowledgement would have expired already");
}

function whyNoDowntime({ startsAt, endsAt }: DowntimePlan, now: number): Ending | undefined {
  if (!Number.isSafeInteger(startsAt) || !Number.isSafeInteger(endsAt))
    return refused("the times of a downtime are whole seconds since the epoch");
  if (endsAt <= startsAt) return refused("the downtime would end before it begins");
  if (endsAt <= now) return refused("the downtime would be over already");
  return endsAt - startsAt > MAX_DOWNTIME ? refused("the downtime would be longer than a year") : undefined;
}

/** Commands of cores have their words between semicolons, a line each. */
function isNoName(name: string): boolean {
  return name === "" || name.length > MAX_NAME || /[;\p{Cc}]/u.test(name);
}

function refused(reason: string): Ending {
  return { kind: "forbidden", reason };
}
