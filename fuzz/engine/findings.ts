import type { Finding } from "./finding.ts";

/** After so many kinds of findings a target is not looked at any further. */
const MOST = 20;

/** The findings of a target, one of each kind. */
export class Findings {
  readonly #byKey = new Map<string, Finding>();

  add(finding: Finding | undefined): void {
    if (finding !== undefined && !this.#byKey.has(finding.key)) this.#byKey.set(finding.key, finding);
  }

  get list(): readonly Finding[] {
    return [...this.#byKey.values()];
  }

  get isFull(): boolean {
    return this.#byKey.size >= MOST;
  }
}
