import { readText } from "../../byte-string.ts";
import type { Via } from "../../outcome/outcome.ts";
import { OTHER, Recent } from "./recent.ts";

/** How often commands were run one way, of late, for one reason. */
export interface RouteCount {
  /** `none`: the job was too old to be run. */
  readonly via: Via | "none";
  /** As text. */
  readonly why: string;
  readonly runs: number;
}

const MAX_REASONS = 50;
const MAX_TOLD = 40;
const MAX_TEXT = 200;

/** Counts which way commands are run and why: a reason that is not "native" says why it is not. */
export class RouteCounts {
  readonly #recent = new Map<RouteCount["via"], Recent<{ runs: number }>>();

  ran(via: RouteCount["via"], why: string): void {
    this.#of(via).of(why).runs += 1;
  }

  turn(): void {
    for (const recent of this.#recent.values()) recent.turn();
  }

  /** The most frequent first. */
  get told(): readonly RouteCount[] {
    const all = [...this.#recent].flatMap(([via, recent]) =>
      recent.entries.map(([why, counts]) => ({
        via,
        why: why === OTHER ? "other reasons" : readText(why).slice(0, MAX_TEXT),
        runs: counts.reduce((total, count) => total + count.runs, 0),
      })),
    );
    return all.toSorted((a, b) => b.runs - a.runs).slice(0, MAX_TOLD);
  }

  #of(via: RouteCount["via"]): Recent<{ runs: number }> {
    const known = this.#recent.get(via);
    if (known !== undefined) return known;
    const recent = new Recent(MAX_REASONS, () => ({ runs: 0 }));
    this.#recent.set(via, recent);
    return recent;
  }
}
