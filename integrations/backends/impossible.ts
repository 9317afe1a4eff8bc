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
  wish: Acknowledgement | DowntimePlan,
  { expiringAcknowledgement }: Capabilities,
  now: number,
): Ending | undefined {
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

/** Whether the host or the service has a name that no core has. */
export function hasNoName({ host, service }: Target): boolean {
  return [host, service ?? "x"].some(isNoName);
}

/**
 * Commands of cores have their words between semicolons, a line each. Some cores do not see blanks around a
 * name, and permissions would be asked for another one than the core takes. A path of an address goes up by
 * dots alone.
 */
function isNoName(name: string): boolean {
  return name.length > MAX_NAME || /[;\p{Cc}\u2028\u2029]|^\s|\s$|^\.{0,2}$/u.test(name);
}

function refused(reason: string): Ending {
  return { kind: "forbidden", reason };
}
