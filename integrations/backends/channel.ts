import type {
  Acknowledgement,
  Capabilities,
  Downtime,
  DowntimePlan,
  Ending,
  Target,
  TargetStatus,
} from "./backend.ts";

/** What was sent. `sent`: it was taken, and what became of it must be read. */
export type Sent = Ending | { readonly kind: "sent"; readonly downtimeId?: string | undefined };

/**
 * How one kind of monitoring is spoken to. `CheckedBackend` makes a backend of it. Its methods throw
 * ChannelError where the monitoring does not answer.
 */
export interface Channel {
  readonly name: string;
  readonly capabilities: Capabilities;
  acknowledge(target: Target, wish: Acknowledgement): Promise<Sent>;
  unacknowledge(target: Target, author: string): Promise<Sent>;
  downtime(target: Target, plan: DowntimePlan): Promise<Sent>;
  removeDowntime(target: Target, downtime: Downtime, author: string): Promise<Sent>;
  recheck(target: Target): Promise<Sent>;
  /** Undefined: there is no such target, or we may not see it. */
  status(target: Target): Promise<TargetStatus | undefined>;
  /** The downtimes of the target itself. */
  downtimes(target: Target): Promise<readonly Downtime[]>;
  whoAmI(): Promise<string>;
}

/** The monitoring did not answer, or refused us. The message holds no secret. */
export class ChannelError extends Error {
  override readonly name = "ChannelError";
  readonly kind: "unavailable" | "forbidden";

  constructor(kind: ChannelError["kind"], message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}
