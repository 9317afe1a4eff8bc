import type { Log } from "../../log.ts";
import type { ConnectionState, ConnectionTiming } from "../connection.ts";
import type { Presence } from "../presence.ts";
import type { ServerAddress } from "../server-address.ts";
import type { Orphans } from "./orphans.ts";
import type { GrabbedJob } from "./running-job.ts";

export interface GrabberOptions {
  readonly server: ServerAddress;
  /** The first queue is served first. Names are byte strings. */
  readonly queues: readonly string[];
  readonly log: Log;
  /** Shared by grabbers that may get one another's jobs, such as two connections to one job server. */
  readonly orphans: Pick<Orphans, "adopt" | "remember" | "claim">;
  /** A job was one of the `orphans`: it is not handed over, and was or will be answered. */
  readonly onClaimed?: () => void;
  /** How many more jobs may be taken now. Asked before every grab. */
  readonly room: () => number;
  /** Jobs that come in a steady flow are taken in groups, so long apart. 0 or absent: one by one. */
  readonly intervalMs?: number;
  /** How many grabs may be without a reply while jobs come in numbers. 64 if absent. */
  readonly grabsAtOnce?: number;
  readonly onJob: (job: GrabbedJob) => void;
  /** Not called after `retire` or `stop`. */
  readonly onState?: (state: ConnectionState) => void;
  /**
   * Grabs have ended without a job, or the server does not reply to them. The room they took is free for
   * others that share it.
   */
  readonly onRoomLeft?: () => void;
  /** The connection was lost while it had jobs. They are with the `orphans` now. */
  readonly onOrphaned?: () => void;
  /** Not only the silence of a server that owes a reply is noticed within two seconds. */
  readonly isWatched?: boolean;
  readonly presence?: Presence;
  /**
   * After `retire`: every job that was handed over has its answer, and no other job can come. Called once.
   */
  readonly onDrained?: () => void;
  readonly timing?: Partial<ConnectionTiming>;
}
