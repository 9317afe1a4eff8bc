import type {
  Acknowledgement,
  Capabilities,
  Downtime,
  DowntimePlan,
  Target,
  TargetStatus,
} from "../../../integrations/backends/backend.ts";
import type { Channel, Sent } from "../../../integrations/backends/channel.ts";
import type { Core } from "../../demo/core.ts";

const SENT: Sent = { kind: "sent" };

/** The demo's core as a monitoring: it keeps acknowledgements and downtimes for it. */
export class DemoChannel implements Channel {
  readonly name = "the demo's core";
  readonly capabilities: Capabilities = {
    expiringAcknowledgement: true,
    ownDowntimeId: true,
    readsBack: true,
  };
  readonly #core: () => Core | undefined;
  readonly #acknowledged = new Map<string, Acknowledgement>();
  readonly #downtimes = new Map<string, readonly (Downtime & { readonly startsAt: number })[]>();
  #ids = 0;

  constructor(core: () => Core | undefined) {
    this.#core = core;
  }

  /** Whether people are to be told of a new state. A problem that is over is a new one next time. */
  tells(target: Target, isWell: boolean): boolean {
    const key = keyOf(target);
    const wasAcknowledged = isWell ? this.#acknowledged.delete(key) : this.#isAcknowledged(target);
    return this.#inEffect(target).length === 0 && (isWell || !wasAcknowledged);
  }

  async acknowledge(target: Target, wish: Acknowledgement): Promise<Sent> {
    this.#acknowledged.set(keyOf(target), wish);
    return SENT;
  }

  async unacknowledge(target: Target): Promise<Sent> {
    this.#acknowledged.delete(keyOf(target));
    return SENT;
  }

  async downtime(target: Target, { author, comment, startsAt, endsAt }: DowntimePlan): Promise<Sent> {
    this.#ids += 1;
    const downtime = { id: String(this.#ids), author, comment, startsAt, endsAt };
    const others = this.#downtimes.get(keyOf(target)) ?? [];
    this.#downtimes.set(keyOf(target), [...others, downtime]);
    return { kind: "sent", downtimeId: downtime.id };
  }

  async removeDowntime(target: Target, { id }: Downtime): Promise<Sent> {
    const left = (this.#downtimes.get(keyOf(target)) ?? []).filter((one) => one.id !== id);
    this.#downtimes.set(keyOf(target), left);
    return SENT;
  }

  async recheck({ host, service }: Target): Promise<Sent> {
    const state = this.#core()?.find(host, service);
    if (state !== undefined) this.#core()?.recheck(state);
    return SENT;
  }

  async status(target: Target): Promise<TargetStatus | undefined> {
    const state = this.#core()?.find(target.host, target.service);
    if (state === undefined) return undefined;
    const { returnCode = 0 } = state;
    // As a core, which keeps perfdata and further lines elsewhere.
    const [output = ""] = state.output.split(/\\n|\n|\|/, 1);
    return {
      state: target.service === undefined ? Math.min(returnCode, 1) : returnCode,
      isAcknowledged: this.#isAcknowledged(target),
      acknowledgedUntil: this.#acknowledged.get(keyOf(target))?.expiresAt ?? 0,
      downtimes: this.#inEffect(target).length,
      output,
    };
  }

  async downtimes(target: Target): Promise<readonly Downtime[]> {
    return (this.#downtimes.get(keyOf(target)) ?? []).filter(({ endsAt }) => endsAt > nowSeconds());
  }

  async whoAmI(): Promise<string> {
    return "the demo";
  }

  #isAcknowledged(target: Target): boolean {
    const { expiresAt = Number.POSITIVE_INFINITY } = this.#acknowledged.get(keyOf(target)) ?? {
      expiresAt: 0,
    };
    return expiresAt > nowSeconds();
  }

  #inEffect(target: Target): readonly Downtime[] {
    const now = nowSeconds();
    return (this.#downtimes.get(keyOf(target)) ?? []).filter(
      ({ startsAt, endsAt }) => startsAt <= now && endsAt > now,
    );
  }
}

function nowSeconds(): number {
  return Date.now() / 1000;
}

function keyOf({ host, service }: Target): string {
  return JSON.stringify([host, service]);
}
