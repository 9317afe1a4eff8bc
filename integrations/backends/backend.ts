/** What a person wants to change: a service, or the host itself. Names as the core knows them, in Unicode. */
export interface Target {
  readonly host: string;
  readonly service?: string | undefined;
}

export interface Acknowledgement {
  readonly author: string;
  readonly comment: string;
  /** It stays until the target is well again, also if the problem becomes another one. */
  readonly isSticky: boolean;
  /** Seconds since the epoch. Undefined: it does not expire. */
  readonly expiresAt?: number | undefined;
}

export interface DowntimePlan {
  readonly author: string;
  readonly comment: string;
  /**
   * A part of the comment that no other downtime has: by it the downtime is found again. Only characters that
   * `coreText` leaves as they are.
   */
  readonly marker: string;
  /** Both in seconds since the epoch. */
  readonly startsAt: number;
  readonly endsAt: number;
}

/** How things stand with a target. */
export interface TargetStatus {
  /** Of a service 0 to 3; of a host 0 is up, 1 down, 2 unreachable. */
  readonly state: number;
  readonly isAcknowledged: boolean;
  /** When the acknowledgement ends, in seconds since the epoch; 0: never. Undefined: it is not known. */
  readonly acknowledgedUntil?: number | undefined;
  /** How many downtimes are in effect. */
  readonly downtimes: number;
  readonly output: string;
}

export interface Downtime {
  /** By it the monitoring removes it. */
  readonly id: string;
  readonly author: string;
  readonly comment: string;
  /** Seconds since the epoch. */
  readonly endsAt: number;
}

/**
 * What became of a wish. Only `done` and `already` were seen in the monitoring afterwards.
 *
 * - `already`: it was so before.
 * - `other-end`: it is acknowledged, but not until when it was asked for, or that is not known. A core keeps
 *   the acknowledgement that it has, so nothing was sent. `until` as `acknowledgedUntil`.
 * - `not-a-problem`: there is nothing to acknowledge, the target is well.
 * - `forbidden`: the monitoring does not let us, or hides the target from us.
 * - `unavailable`: it does not answer, so nobody knows whether it was done.
 * - `unverified`: it has taken the wish, but what was read afterwards does not show it.
 */
export type Ending =
  | { readonly kind: "done"; readonly downtimeId?: string | undefined }
  | { readonly kind: "already" | "not-a-problem" | "unknown-object" }
  | { readonly kind: "other-end"; readonly until: number | undefined }
  | { readonly kind: "forbidden" | "unavailable" | "unverified"; readonly reason: string };

/** What the monitoring can do. */
export interface Capabilities {
  readonly expiringAcknowledgement: boolean;
  /** It tells the id of a downtime that it has made. */
  readonly ownDowntimeId: boolean;
  /** What was done can be read back. Without that nothing is ever `done`. */
  readonly readsBack: boolean;
}

/** A monitoring, as a chat bot sees it. What it says, or does not say, makes no method reject. */
export interface Backend {
  /** Where it is, for people. It holds no secret. */
  readonly name: string;
  readonly capabilities: Capabilities;
  acknowledge(target: Target, wish: Acknowledgement): Promise<Ending>;
  unacknowledge(target: Target, author: string): Promise<Ending>;
  downtime(target: Target, plan: DowntimePlan): Promise<Ending>;
  /** Removes the downtime with this id, or those with the marker in their comment. Others are left alone. */
  removeDowntime(target: Target, which: DowntimeMark): Promise<Ending>;
  /** `done`: the monitoring has the target, and has taken the wish. The check may run later. */
  recheck(target: Target): Promise<Ending>;
  status(target: Target): Promise<TargetStatus | Ending>;
  /** As whom we act, or why we may not. */
  whoAmI(): Promise<string>;
}

export interface DowntimeMark {
  readonly id?: string | undefined;
  readonly marker: string;
  readonly author: string;
}
