import type { Target } from "../backend.ts";

/** What somebody has changed in the monitoring, in whatever way. */
export interface Change {
  readonly what: "acknowledged" | "unacknowledged" | "downtime" | "downtime-removed";
  readonly target: Target;
  readonly author: string;
  readonly comment: string;
  /** When it was made, in seconds since the epoch. Undefined: just now. */
  readonly at?: number | undefined;
  /** Seconds since the epoch. Undefined: it has no end, or is over. */
  readonly endsAt: number | undefined;
  /** The monitoring itself makes a notification of it. Undefined: the source cannot tell. */
  readonly isNotified: boolean | undefined;
}

/** Where changes come from: a stream of events, or looks now and then. */
export interface ChangeSource extends Disposable {
  /** A change is seen so long after it was made, in milliseconds. */
  readonly lateMs: number;
  /**
   * Goes on until the signal says so, or the monitoring does not answer: then it throws ChannelError, and may
   * be called again. `onOpen` is told when changes are seen from now on.
   */
  follow(onOpen: () => void, signal: AbortSignal): AsyncIterable<Change>;
}
