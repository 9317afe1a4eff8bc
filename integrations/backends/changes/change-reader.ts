import type { Target } from "../backend.ts";

/** An acknowledgement, by its comment, or a downtime. All times are seconds since the epoch. */
export interface Mark {
  readonly target: Target;
  readonly author: string;
  readonly comment: string;
  readonly enteredAt: number;
  /** Undefined: it has no end. */
  readonly endsAt: number | undefined;
  /** From then on it may have ended by itself. Undefined: nobody can know. */
  readonly overAt?: number | undefined;
}

/** How things stand with a target. */
export interface Standing {
  readonly isWell: boolean;
  readonly isAcknowledged: boolean;
  /** When it was well last, in seconds since the epoch. */
  readonly wellAt: number;
}

/** Reads what there is in a monitoring that does not tell of changes. Throws ChannelError. */
export interface ChangeReader extends Disposable {
  /** All comments of acknowledgements. */
  acknowledgements(signal: AbortSignal): Promise<readonly Mark[]>;
  /** All downtimes. */
  downtimes(signal: AbortSignal): Promise<readonly Mark[]>;
  /** Undefined: there is no such target, or the monitoring does not show it at the moment. */
  standing(target: Target, signal: AbortSignal): Promise<Standing | undefined>;
}

/** What is told of a large site at once: 10,000 downtimes are 3 MB of Thruk. */
export const MAX_ANSWER = 64 * 1024 * 1024;

/** The end of a fixed downtime. A flexible one lasts as long as it says, from a time that is not told. */
export function overAt(times: {
  readonly startsAt: number;
  readonly endsAt: number;
  readonly isFixed: boolean;
  readonly duration: number;
}): number {
  const { startsAt, endsAt, isFixed, duration } = times;
  return isFixed ? endsAt : Math.min(endsAt, startsAt + duration);
}
