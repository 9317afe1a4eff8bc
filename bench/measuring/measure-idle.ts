import { setTimeout as pause } from "node:timers/promises";
import { machineCpuMs, machinePercent, readStat } from "../processes/process-tree.ts";
import { readSwitches, switchesSince } from "../processes/wake-ups.ts";
import type { Line } from "../scenarios/line.ts";
import { startWarmWorker, type WarmWorker } from "../workers/warm-worker.ts";
import type { Worker } from "../workers/worker.ts";
import type { Circumstances, Measurement } from "./measurement.ts";

const SECONDS = 10;
/** A pause after the warm-up, in which connections close and timers end. */
const SETTLE_MS = 2_000;

/** Measures what a worker costs that has worked and now has nothing to do. */
export async function measureIdle(
  worker: Worker,
  line: Line,
  { settings, signal }: Circumstances,
): Promise<Measurement> {
  await using setup = await startWarmWorker(worker, line, settings, signal);
  const { running, pool } = setup;
  await pause(SETTLE_MS, undefined, { signal });
  const before = readings(setup);
  await pause((settings.seconds ?? SECONDS) * 1000, undefined, { signal });
  const after = readings(setup);
  const seconds = (after.wallMs - before.wallMs) / 1000;
  const perSecond = (read: (from: Readings) => number): number => (read(after) - read(before)) / seconds;
  const others = perSecond(({ machine, worker, gearmand }) => machine - worker - gearmand);
  return {
    worker: worker.name,
    line: line.name,
    pool,
    jobs: line.jobs,
    cpuMeasuredBy: running.how,
    figures: {
      wakeUpsPerSecond: switchesSince(before.switches, after.switches) / seconds,
      cpuMsPerSecond: perSecond(({ worker }) => worker),
      gearmandMsPerSecond: perSecond(({ gearmand }) => gearmand),
      otherCpuPercent: machinePercent(others, 1000),
      ...running.memory(),
    },
    wrong: 0,
    sample: undefined,
  };
}

/** CPU times are in milliseconds. */
interface Readings {
  readonly switches: ReadonlyMap<string, number>;
  readonly worker: number;
  readonly gearmand: number;
  readonly machine: number;
  readonly wallMs: number;
}

function readings({ running, gearmandPid }: WarmWorker): Readings {
  return {
    switches: readSwitches(running.pids),
    worker: running.cpuMs,
    gearmand: readStat(gearmandPid)?.cpuMs ?? 0,
    machine: machineCpuMs(),
    wallMs: performance.now(),
  };
}
