import { setTimeout as pause } from "node:timers/promises";
import type { Line } from "../scenarios/line.ts";
import { startWarmWorker, type WarmWorker } from "../workers/warm-worker.ts";
import type { Worker } from "../workers/worker.ts";
import { type Load, offerLoad, sumOfLoads } from "./measure-load.ts";
import type { Circumstances, Measurement } from "./measurement.ts";
import { spread } from "./spread.ts";

/** Loads without and with the part, in turns. */
const PAIRS = 2;
/** Checks under way end, and connections close, before the next load begins. */
const SETTLE_MS = 1_000;
const MINUTE_MS = 60_000;

/** Measures what the last part of a line adds to a worker that does the other parts. */
export async function measurePart(
  worker: Worker,
  line: Line,
  circumstances: Circumstances,
): Promise<Measurement> {
  const { settings, signal } = circumstances;
  await using setup = await startWarmWorker(worker, line, settings, signal);
  const without = withoutPart(setup, line);
  const pairs: Pair[] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const beside = await offerLoad(without.setup, without.line, circumstances);
    await pause(SETTLE_MS, undefined, { signal });
    const both = await offerLoad(setup, line, circumstances);
    await pause(SETTLE_MS, undefined, { signal });
    pairs.push({ beside, both });
  }
  const loads = pairs.flatMap(({ beside, both }) => [beside, both]);
  const median = (read: (pair: Pair) => number): number => spread(pairs.map(read)).median;
  const partMs = median(({ beside, both }) => partMsOf(costOf(beside), costOf(both)));
  return {
    worker: worker.name,
    line: line.name,
    pool: setup.pool,
    ...sumOfLoads(loads),
    cpuMeasuredBy: setup.running.how,
    figures: {
      partMsPerCheck: partMs,
      siteCores: (partMs * (line.perMinute ?? 0)) / MINUTE_MS,
      cpuMsPerCheck: median(({ beside }) => beside.figures.cpuMsPerCheck ?? 0),
      otherCpuPercent: median(({ both }) => both.figures.otherCpuPercent ?? 0),
      ...setup.running.memory(),
    },
  };
}

interface Pair {
  readonly beside: Load;
  readonly both: Load;
}

interface Cost {
  readonly checks: number;
  readonly cpuMs: number;
}

function costOf({ figures, report: { results } }: Load): Cost {
  return { checks: results, cpuMs: (figures.cpuMsPerCheck ?? 0) * results };
}

/** CPU milliseconds of one check of a part: `beside` is without it, `both` with it, for the same time. */
export function partMsOf(beside: Cost, both: Cost): number {
  return (both.cpuMs - beside.cpuMs) / (both.checks - beside.checks);
}

/** The same load less its last part: as long, at the rate of what is left. */
function withoutPart(setup: WarmWorker, line: Line) {
  const sharesOf = (mix: Line["mix"]): number => mix.reduce((sum, { share }) => sum + share, 0);
  const mix = line.mix.slice(0, -1);
  const left = sharesOf(mix) / sharesOf(line.mix);
  return {
    setup: { ...setup, order: { ...setup.order, mix } },
    line: { ...line, mix, jobs: line.jobs * left, ...(line.rate && { rate: line.rate * left }) },
  };
}
