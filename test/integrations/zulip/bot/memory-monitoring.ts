import type {
  Acknowledgement,
  Backend,
  DowntimeMark,
  DowntimePlan,
  Ending,
  Target,
} from "../../../../integrations/backends/backend.ts";

interface Known {
  state: number;
  acknowledgement: Acknowledgement | undefined;
  downtimes: DowntimePlan[];
}

/** A monitoring in memory, which looks before it acts as those of `CheckedBackend` do. */
export class MemoryMonitoring implements Backend {
  readonly name = "the core";
  readonly capabilities = { expiringAcknowledgement: true, ownDowntimeId: true, readsBack: true };
  /** What was changed, in its order. */
  readonly changes: string[] = [];
  readonly #targets = new Map<string, Known>();
  /** Why it does not answer. */
  trouble: Ending | undefined;
  /** Awaited in the middle of each action. */
  gate: Promise<void> = Promise.resolve();

  constructor(...targets: readonly Target[]) {
    for (const target of targets)
      this.#targets.set(keyOf(target), { state: 2, acknowledgement: undefined, downtimes: [] });
  }

  at(target: Target): Known {
    const known = this.#targets.get(keyOf(target));
    if (known === undefined) throw new Error(`no ${keyOf(target)}`);
    return known;
  }

  acknowledge(target: Target, wish: Acknowledgement): Promise<Ending> {
    return this.#act(target, "acknowledged", (known) => {
      const before = known.acknowledgement;
      if (before !== undefined && before.expiresAt === wish.expiresAt) return { kind: "already" };
      if (before !== undefined) return { kind: "other-end", until: before.expiresAt ?? 0 };
      known.acknowledgement = wish;
      return { kind: "done" };
    });
  }

  unacknowledge(target: Target): Promise<Ending> {
    return this.#act(target, "unacknowledged", (known) => {
      if (known.acknowledgement === undefined) return { kind: "already" };
      known.acknowledgement = undefined;
      return { kind: "done" };
    });
  }

  downtime(target: Target, plan: DowntimePlan): Promise<Ending> {
    return this.#act(target, "downtime", ({ downtimes }) => {
      if (downtimes.some(({ marker }) => marker === plan.marker)) return { kind: "already" };
      downtimes.push(plan);
      return { kind: "done" };
    });
  }

  removeDowntime(target: Target, { marker }: DowntimeMark): Promise<Ending> {
    return this.#act(target, "downtime removed", (known) => {
      const left = known.downtimes.filter(({ comment }) => !comment.includes(marker));
      if (left.length === known.downtimes.length) return { kind: "already" };
      known.downtimes = left;
      return { kind: "done" };
    });
  }

  recheck(target: Target): Promise<Ending> {
    return this.#act(target, "checked", () => ({ kind: "done" }));
  }

  async status(target: Target) {
    if (this.trouble !== undefined) return this.trouble;
    const known = this.#targets.get(keyOf(target));
    if (known === undefined) return { kind: "unknown-object" } as const;
    const { state, acknowledgement, downtimes } = known;
    const isAcknowledged = acknowledgement !== undefined;
    return { state, isAcknowledged, downtimes: downtimes.length, output: "broken" };
  }

  async whoAmI() {
    return "bot";
  }

  async #act(target: Target, what: string, change: (known: Known) => Ending): Promise<Ending> {
    if (this.trouble !== undefined) return this.trouble;
    const known = this.#targets.get(keyOf(target));
    if (known === undefined) return { kind: "unknown-object" };
    const ending = change(known);
    if (ending.kind === "done") this.changes.push(`${keyOf(target)} ${what}`);
    await this.gate;
    return ending;
  }
}

function keyOf({ host, service }: Target): string {
  return service === undefined ? host : `${host}!${service}`;
}
