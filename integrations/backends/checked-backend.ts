import { setTimeout as pause } from "node:timers/promises";
import type {
  Acknowledgement,
  Backend,
  Capabilities,
  Downtime,
  DowntimeMark,
  DowntimePlan,
  Ending,
  Target,
  TargetStatus,
} from "./backend.ts";
import { type Channel, ChannelError, type Sent } from "./channel.ts";
import { hasNoName, whyImpossible } from "./impossible.ts";

export interface CheckedBackendOptions {
  /** How long what was sent may take to be seen, in milliseconds. */
  readonly seenWithinMs?: number;
  readonly pollMs?: number;
  /** A clock in milliseconds since the epoch. */
  readonly now?: () => number;
}

const UNKNOWN_OBJECT: Ending = { kind: "unknown-object" };
const ALREADY: Ending = { kind: "already" };

/**
 * Looks before it sends, and looks again afterwards. Cores take commands for what does not exist, and say
 * nothing; Thruk answers that the command was submitted; icinga2 lets the same downtime be made twice.
 */
export class CheckedBackend implements Backend {
  readonly #channel: Channel;
  readonly #seenWithinMs: number;
  readonly #pollMs: number;
  readonly #now: () => number;

  constructor(channel: Channel, options: CheckedBackendOptions = {}) {
    this.#channel = channel;
    this.#seenWithinMs = options.seenWithinMs ?? 10_000;
    this.#pollMs = options.pollMs ?? 250;
    this.#now = options.now ?? Date.now;
  }

  get name(): string {
    return this.#channel.name;
  }

  get capabilities(): Capabilities {
    return this.#channel.capabilities;
  }

  acknowledge(target: Target, wish: Acknowledgement): Promise<Ending> {
    return this.#ending(target, async () => {
      const impossible = whyImpossible(wish, this.capabilities, this.#now() / 1000);
      if (impossible !== undefined) return impossible;
      const before = await this.#statusBefore(target);
      if (before === "unknown") return UNKNOWN_OBJECT;
      if (before?.isAcknowledged) return alreadyUntil(before, wish);
      if (before?.state === 0) return { kind: "not-a-problem" };
      const sent = await this.#channel.acknowledge(target, wish);
      if (sent.kind === "already") return alreadyUntil(await this.#channel.status(target), wish);
      return await this.#confirm(sent, async () => (await this.#channel.status(target))?.isAcknowledged);
    });
  }

  unacknowledge(target: Target, author: string): Promise<Ending> {
    return this.#ending(target, async () => {
      const before = await this.#statusBefore(target);
      if (before === "unknown") return UNKNOWN_OBJECT;
      if (before?.isAcknowledged === false) return ALREADY;
      const sent = await this.#channel.unacknowledge(target, author);
      return await this.#confirm(
        sent,
        async () => (await this.#channel.status(target))?.isAcknowledged === false,
      );
    });
  }

  downtime(target: Target, plan: DowntimePlan): Promise<Ending> {
    return this.#ending(target, async () => {
      const impossible = whyImpossible(plan, this.capabilities, this.#now() / 1000);
      if (impossible !== undefined) return impossible;
      if ((await this.#statusBefore(target)) === "unknown") return UNKNOWN_OBJECT;
      const known = await this.#find(target, plan.marker);
      if (known.length > 0) return ALREADY;
      const sent = await this.#channel.downtime(target, plan);
      let id = sent.kind === "sent" ? sent.downtimeId : undefined;
      const ending = await this.#confirm(sent, async () => {
        const [found] = await this.#find(target, plan.marker);
        id ??= found?.id;
        return found !== undefined;
      });
      return ending.kind === "done" ? { kind: "done", downtimeId: id } : ending;
    });
  }

  removeDowntime(target: Target, { id, marker, author }: DowntimeMark): Promise<Ending> {
    return this.#ending(target, async () => {
      if (!this.capabilities.readsBack) return cannotRead(this.name);
      if ((await this.#statusBefore(target)) === "unknown") return UNKNOWN_OBJECT;
      const isMeant = (each: Downtime) => (id === undefined ? each.comment.includes(marker) : each.id === id);
      const found = async () => (await this.#channel.downtimes(target)).filter(isMeant);
      const before = await found();
      if (before.length === 0) return ALREADY;
      let sent: Sent = ALREADY;
      for (const downtime of before) sent = await this.#channel.removeDowntime(target, downtime, author);
      // Of a target that is hidden by now no downtime is shown, whether there is one or not.
      const isGone = async () =>
        (await found()).length === 0 && (await this.#channel.status(target)) !== undefined;
      return await this.#confirm(sent, isGone);
    });
  }

  recheck(target: Target): Promise<Ending> {
    return this.#ending(target, async () => {
      if ((await this.#statusBefore(target)) === "unknown") return UNKNOWN_OBJECT;
      // When the check has run depends on the check. What is seen is that the monitoring has the target.
      return await this.#confirm(await this.#channel.recheck(target), async () => true);
    });
  }

  async status(target: Target): Promise<TargetStatus | Ending> {
    if (hasNoName(target)) return UNKNOWN_OBJECT;
    if (!this.capabilities.readsBack) return cannotRead(this.name);
    try {
      return (await this.#channel.status(target)) ?? UNKNOWN_OBJECT;
    } catch (error) {
      return endingOf(error);
    }
  }

  async whoAmI(): Promise<string> {
    return await this.#channel.whoAmI();
  }

  /** No channel is given a name that a core could read as more than a name. */
  async #ending(target: Target, act: () => Promise<Ending>): Promise<Ending> {
    if (hasNoName(target)) return UNKNOWN_OBJECT;
    try {
      return await act();
    } catch (error) {
      return endingOf(error);
    }
  }

  /** Undefined: it cannot be read, so the wish is sent as it is. */
  async #statusBefore(target: Target): Promise<TargetStatus | "unknown" | undefined> {
    if (!this.capabilities.readsBack) return undefined;
    return (await this.#channel.status(target)) ?? "unknown";
  }

  async #find(target: Target, marker: string): Promise<readonly Downtime[]> {
    if (!this.capabilities.readsBack) return [];
    return (await this.#channel.downtimes(target)).filter(({ comment }) => comment.includes(marker));
  }

  /** Reads until what was sent is seen. */
  async #confirm(sent: Sent, isSeen: () => Promise<boolean | undefined>): Promise<Ending> {
    if (sent.kind !== "sent") return sent;
    if (!this.capabilities.readsBack)
      return {
        kind: "unverified",
        reason: `${this.name} has taken it, but cannot be asked whether it was done`,
      };
    const untilMs = this.#now() + this.#seenWithinMs;
    while (!(await isSeen())) {
      if (this.#now() >= untilMs)
        return { kind: "unverified", reason: `${this.name} has taken it, but does not show it` };
      await pause(this.#pollMs);
    }
    return { kind: "done" };
  }
}

/** Of what is acknowledged: whether it is so until when it is asked for. A second may be lost on the way. */
function alreadyUntil(status: TargetStatus | undefined, { expiresAt }: Acknowledgement): Ending {
  const until = status?.acknowledgedUntil;
  const isAsAsked = until === undefined ? expiresAt === undefined : Math.abs(until - (expiresAt ?? 0)) <= 1;
  return isAsAsked ? ALREADY : { kind: "other-end", until };
}

function cannotRead(name: string): Ending {
  return { kind: "unverified", reason: `${name} cannot be asked` };
}

function endingOf(error: unknown): Ending {
  if (!(error instanceof ChannelError)) throw error;
  return { kind: error.kind, reason: error.message };
}
