import type { PerformedJob } from "../worker/worker-events.ts";
import type { Core } from "./core.ts";

/** Which ways checks went, and what cannot be checked here. */
export class Tally {
  readonly runs: Record<string, number> = {};
  /** By the command line. */
  readonly via = new Map<string, string>();
  readonly missing: Set<string>;
  readonly #core: Pick<Core, "leaveOut">;

  constructor(core: Pick<Core, "leaveOut">, missing: readonly string[]) {
    this.#core = core;
    this.missing = new Set(missing);
  }

  add({ job, ran }: PerformedJob): void {
    if (ran.via === undefined) return;
    this.runs[ran.via] = (this.runs[ran.via] ?? 0) + 1;
    this.via.set(job.commandLine, ran.via);
    const { outcome } = ran;
    if (outcome.kind !== "refused" || outcome.refusal.rule !== "no-plugin") return;
    const isLeftOut = this.#core.leaveOut(job.hostName ?? "", job.serviceDescription);
    if (isLeftOut) this.missing.add(`${outcome.refusal.check}: ${outcome.refusal.declined}`);
  }
}
