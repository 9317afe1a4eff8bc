import { seededRandom } from "../../test/support/random.ts";

/** Who is disturbed: the job server, or one of the workers by its number. */
export type Target = "gearmand" | number;

/**
 * - *kill*: KILL to all of its processes, and a start after `ms`.
 * - *stop*: STOP to all of its processes, and CONT after `ms`.
 * - *restart*: TERM; it starts when it has ended.
 */
export type Harm = "kill" | "stop" | "restart";

export interface Disturbance {
  readonly atMs: number;
  readonly target: Target;
  readonly harm: Harm;
  readonly ms: number;
}

export interface PlanOptions {
  readonly seed: number;
  readonly seconds: number;
  readonly workers: number;
}

/** The calm at the beginning, and at the end. */
const CALM_MS = 2_000;
const PAUSE_MS = { least: 2_000, most: 9_000 };
const HARM_MS = { least: 200, most: 6_000 };
const HARMS: readonly Harm[] = ["kill", "kill", "stop", "restart"];

/**
 * What is done to whom, and when: the same for the same seed. Each target has its turns without a look at the
 * others, so two or all of them may be away at a time.
 */
export function planDisturbances({ seed, seconds, workers }: PlanOptions): readonly Disturbance[] {
  const random = seededRandom(seed);
  const between = ({ least, most }: typeof PAUSE_MS) => Math.round(least + random() * (most - least));
  const targets: readonly Target[] = ["gearmand", ...Array.from({ length: workers }, (_, at) => at)];
  const all = targets.flatMap((target) => {
    const own: Disturbance[] = [];
    for (let atMs = CALM_MS + between(PAUSE_MS) / 2; ; ) {
      const ms = between(HARM_MS);
      const harm = HARMS[Math.floor(random() * HARMS.length)] ?? "kill";
      if (atMs + ms > seconds * 1000 - CALM_MS) return own;
      own.push({ atMs: Math.round(atMs), target, harm, ms });
      atMs += ms + between(PAUSE_MS);
    }
  });
  return all.toSorted((a, b) => a.atMs - b.atMs);
}
