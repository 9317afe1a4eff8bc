import { type Coverage, includes } from "./coverage.ts";
import { minimise } from "./minimise.ts";
import type { Running, Target } from "./target.ts";
import { stopAfter, waitFor } from "./watch.ts";

/** Bytes of all inputs that are kept for a target: all targets together stay below 2 MB in base64. */
export const MOST_KEPT_BYTES = 16_000;
/** A longer input reaches no more than shorter ones do, mostly. */
export const LONGEST_KEPT = 2_048;
const SLOW_MS = 2_000;

export interface KeepOptions {
  readonly coverage: Coverage;
  /** Inputs that were kept before, and new ones. */
  readonly candidates: readonly Buffer[];
  /** On the clock of `performance.now`: inputs are shortened until then. */
  readonly untilMs: number;
}

/**
 * Of the candidates those that reach code which neither the samples nor a shorter candidate reach, made
 * shorter as long as they do. They may be garbage that the reader refuses: so much of it has run.
 */
export async function chooseKept(target: Target, options: KeepOptions): Promise<readonly Buffer[]> {
  const { coverage, candidates, untilMs } = options;
  await using running = target.kind === "served" ? await target.start() : undefined;
  const reach = async (input: Buffer) => {
    coverage.begin();
    await read(target, running, input);
    return coverage.end();
  };
  coverage.forget();
  for (const sample of target.samples()) coverage.remember(await reach(sample));
  const kept: Buffer[] = [];
  let bytes = 0;
  for (const candidate of candidates.toSorted((a, b) => a.length - b.length)) {
    if (candidate.length > LONGEST_KEPT) break;
    const found = coverage.newIn(await reach(candidate));
    if (found.size === 0) continue;
    const isAsGood = async (input: Buffer) => includes(await reach(input), found);
    // What runs once in a while, whatever the input is, is no merit of this one.
    if (!(await isAsGood(candidate))) continue;
    const { input } = await minimise(candidate, isAsGood, target.kind === "pure" ? untilMs : 0);
    bytes += input.length;
    if (bytes > MOST_KEPT_BYTES) break;
    coverage.remember(await reach(input));
    kept.push(input);
  }
  return kept;
}

/** What comes of it is not looked at here. */
async function read(target: Target, running: Running | undefined, input: Buffer): Promise<void> {
  try {
    if (target.kind === "pure") stopAfter(SLOW_MS, () => void target.read(input));
    else await waitFor(SLOW_MS, running?.read(input) ?? Promise.resolve());
  } catch {
    // It refuses the input, or is late.
  }
}
