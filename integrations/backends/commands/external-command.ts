import type { Acknowledgement, Downtime, DowntimePlan, Target } from "../backend.ts";
import { coreText } from "../core-text.ts";

/** In bytes. A longer write to a named pipe may be mixed with another one. */
export const PIPE_BUF = 4096;

/**
 * The line of an external command of Naemon, Nagios and icinga2, without its line feed. `at` is in seconds
 * since the epoch. Texts of people are made such that they stay one word.
 */
function command(at: number, name: string, ...words: readonly (string | number)[]): string {
  return `[${Math.floor(at)}] ${[name, ...words].join(";")}`;
}

export function acknowledgeCommand(at: number, target: Target, wish: Acknowledgement): string {
  const { isSticky, expiresAt } = wish;
  // 2 is sticky for all of them. Naemon takes 1 for it, too; Nagios and icinga2 do not.
  const flags = [isSticky ? 2 : 0, 0, 0];
  const expires = expiresAt === undefined ? [] : [Math.floor(expiresAt)];
  const name = `ACKNOWLEDGE_${kindOf(target)}_PROBLEM${expiresAt === undefined ? "" : "_EXPIRE"}`;
  return command(at, name, ...namesOf(target), ...flags, ...expires, ...signatureOf(wish));
}

export function unacknowledgeCommand(at: number, target: Target): string {
  return command(at, `REMOVE_${kindOf(target)}_ACKNOWLEDGEMENT`, ...namesOf(target));
}

export function downtimeCommand(at: number, target: Target, plan: DowntimePlan): string {
  const { startsAt, endsAt } = plan;
  const [isFixed, trigger] = [1, 0];
  const times = [startsAt, endsAt, isFixed, trigger, endsAt - startsAt];
  const name = `SCHEDULE_${kindOf(target)}_DOWNTIME`;
  return command(at, name, ...namesOf(target), ...times, ...signatureOf(plan));
}

export function removeDowntimeCommand(at: number, target: Target, { id }: Downtime): string {
  return command(at, `DEL_${kindOf(target)}_DOWNTIME`, id);
}

export function recheckCommand(at: number, target: Target): string {
  return command(at, `SCHEDULE_FORCED_${kindOf(target)}_CHECK`, ...namesOf(target), Math.floor(at));
}

function kindOf({ service }: Target): "HOST" | "SVC" {
  return service === undefined ? "HOST" : "SVC";
}

function namesOf({ host, service }: Target): readonly string[] {
  return service === undefined ? [host] : [host, service];
}

/** Author and comment, in the order of all commands. */
function signatureOf({
  author,
  comment,
}: {
  readonly author: string;
  readonly comment: string;
}): readonly string[] {
  return [coreText(author), coreText(comment)];
}
