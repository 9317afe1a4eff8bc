import { Recent } from "./recent.ts";

/** What is counted of jobs that did not go as they should, and `ran`: all that had their turn. */
export type TroubleKind = "ran" | "timed-out" | "refused" | "other-key" | "unreadable" | "late";

export interface Trouble {
  readonly count: number;
  /** What the last one was, in words; empty if there is nothing to say. */
  readonly last: string;
}

const MAX_KINDS = 10;
const NONE: Trouble = { count: 0, last: "" };

/** Counts of the last five to ten minutes: long enough to be read, short enough to be news. */
export class Troubles {
  readonly #recent = new Recent(MAX_KINDS, () => ({ count: 0, last: "" }));

  add(kind: TroubleKind, last = ""): void {
    const trouble = this.#recent.of(kind);
    trouble.count += 1;
    trouble.last = last;
  }

  /** To be called every five minutes. */
  turn(): void {
    this.#recent.turn();
  }

  of(kind: TroubleKind): Trouble {
    const [, counts = []] = this.#recent.entries.find(([name]) => name === kind) ?? [];
    const [latest] = counts;
    if (latest === undefined) return NONE;
    return { count: counts.reduce((total, { count }) => total + count, 0), last: latest.last };
  }
}
