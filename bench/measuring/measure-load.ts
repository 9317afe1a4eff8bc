import { setTimeout as pause } from "node:timers/promises";
import type { LoadReport } from "../load/order.ts";
import { prepareLoad } from "../load/prepare-load.ts";
import { machineCpuMs, machinePercent, readStat } from "../processes/process-tree.ts";
import { readSwitches, switchesSince } from "../processes/wake-ups.ts";
import { type Line, offerOf, stormOf } from "../scenarios/line.ts";
import type { StandIns } from "../stand-ins/stand-ins.ts";
import type { Memory } from "../workers/running-worker.ts";
import { startWarmWorker, type WarmWorker } from "../workers/warm-worker.ts";
import type { Worker } from "../workers/worker.ts";
import type { Figures } from "./figures.ts";
import type { Circumstances, Measurement } from "./measurement.ts";

/** Offers the jobs of a line to a warm worker. */
export async function measureLoad(
  worker: Worker,
  line: Line,
  { settings, standIns, signal }: Circumstances,
): Promise<Measurement> {
  await using setup = await startWarmWorker(worker, line, settings, signal);
  const { running, pool } = setup;
  const idle = running.memory();
  const { offered, report, figures, atWork } = await offerLoad(setup, line, { settings, standIns, signal });
  const { peakMiB, loopDelay } = running;
  return {
    worker: worker.name,
    line: line.name,
    pool,
    jobs: offered,
    cpuMeasuredBy: running.how,
    figures: {
      ...figures,
      ...(atWork || running.memory()),
      idlePssMiB: idle.pssMiB,
      ...(peakMiB === undefined ? {} : { peakMiB }),
      ...(loopDelay === undefined ? {} : { loopP99Ms: loopDelay.p99Ms, loopMaxMs: loopDelay.maxMs }),
    },
    wrong: report.wrong + offered - report.results,
    sample: report.sample,
  };
}

/** What became of one load. */
export interface Load {
  readonly offered: number;
  readonly report: LoadReport;
  readonly figures: Figures;
  /** Of lines whose memory is read meanwhile. */
  readonly atWork: Memory | undefined;
}

/** What became of several loads of one worker. */
export function sumOfLoads(loads: readonly Load[]): Pick<Measurement, "jobs" | "wrong" | "sample"> {
  return {
    jobs: loads.reduce((sum, { offered }) => sum + offered, 0),
    wrong: loads.reduce((sum, { report, offered }) => sum + report.wrong + offered - report.results, 0),
    sample: loads.find(({ report }) => report.sample !== undefined)?.report.sample,
  };
}

/** Offers the jobs of a line, `times` times as many at the same rate. */
export async function offerLoad(
  setup: WarmWorker,
  line: Line,
  { settings, standIns, signal }: Circumstances,
  times = 1,
): Promise<Load> {
  const { running, order } = setup;
  const { rate, ...offer } = offerOf(line, settings);
  const jobs = offer.jobs * times;
  const storm = stormOf(line.mix, settings.scale);
  const load = await prepareLoad({ ...order, jobs, rate, storm }, signal);
  const before = clocks(setup, standIns);
  const asleep = readSwitches(running.pids);
  const [report, atWork] = await Promise.all([
    load.run(),
    line.memoryAfterMs
      ? pause(line.memoryAfterMs, running, { signal }).then((worker) => worker.memory())
      : undefined,
  ]);
  const after = clocks(setup, standIns);
  const wakeUps = switchesSince(asleep, readSwitches(running.pids));
  if (report.results < 2) throw new Error(`the worker gave no results: ${running.log}`);
  return {
    offered: jobs + (storm?.jobs ?? 0),
    report,
    figures: {
      ...loadFigures(report, rate, before, after),
      wakeUpsPerCheck: wakeUps / report.results,
    },
    atWork,
  };
}

/** CPU times in milliseconds, and the clock. */
interface Clocks {
  readonly worker: number;
  readonly gearmand: number;
  readonly bench: number;
  readonly machine: number;
  readonly wall: number;
}

function clocks({ running, gearmandPid }: WarmWorker, standIns: Pick<StandIns, "cpuMs">): Clocks {
  const { user, system } = process.cpuUsage();
  return {
    worker: running.cpuMs,
    gearmand: readStat(gearmandPid)?.cpuMs ?? 0,
    bench: (user + system) / 1000 + standIns.cpuMs(),
    machine: machineCpuMs(),
    wall: performance.now(),
  };
}

function loadFigures(report: LoadReport, rate: number | undefined, before: Clocks, after: Clocks): Figures {
  const worker = after.worker - before.worker;
  const gearmand = after.gearmand - before.gearmand;
  const ours = worker + gearmand + report.cpuMs + after.bench - before.bench;
  const wall = after.wall - before.wall;
  const others = after.machine - before.machine - ours;
  const checksPerSecond = (report.results - 1) / report.seconds;
  // The elapsed time is not used: sleeping plugins make it longer, and so does the backlog of a slow worker.
  const coresOf = (cpuMs: number): number => ((cpuMs / report.results) * (rate ?? checksPerSecond)) / 1000;
  const { p50, p95, p99, max } = report.latencyMs;
  return {
    checksPerSecond,
    seconds: report.seconds,
    cpuMsPerCheck: worker / report.results,
    gearmandMsPerCheck: gearmand / report.results,
    cores: coresOf(worker),
    gearmandCores: coresOf(gearmand),
    p50Ms: p50,
    p95Ms: p95,
    p99Ms: p99,
    maxMs: max,
    ...(report.stormSeconds === undefined ? {} : { stormSeconds: report.stormSeconds }),
    submitsPerSecond: report.submitsPerSecond,
    otherCpuPercent: machinePercent(others, wall),
  };
}
