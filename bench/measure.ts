import { availableParallelism } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { startGearmand } from "../test/support/gearmand.ts";
import type { Cage } from "./cage.ts";
import type { Line } from "./lines.ts";
import type { LoadReport } from "./load-order.ts";
import { machineCpuMs, readStat } from "./process-tree.ts";
import { workersRegistered } from "./registration.ts";
import { prepareLoad } from "./running-load.ts";
import { type Memory, RunningWorker } from "./running-worker.ts";
import { commandOf, type Worker } from "./workers.ts";

export interface Settings {
  readonly pool: number;
  readonly key: string | undefined;
  /** Jobs a second; undefined: a burst. */
  readonly rate: number | undefined;
  /** Takes the place of the line's own number. */
  readonly jobs: number | undefined;
}

/** One worker, one line, once. */
export interface Measurement extends Memory {
  readonly worker: string;
  readonly line: string;
  readonly pool: number;
  readonly jobs: number;
  readonly checksPerSecond: number;
  /** From the first result to the last. */
  readonly seconds: number;
  /** Of the worker and everything it started. */
  readonly cpuMsPerCheck: number;
  readonly cpuMeasuredBy: Cage["how"];
  readonly gearmandCpuMsPerCheck: number;
  readonly idlePssMiB: number;
  /** As the kernel counts, page cache and all; undefined without a cgroup. */
  readonly peakMiB: number | undefined;
  /** Wrong, double and missing results. */
  readonly wrong: number;
  /** The first wrong one. */
  readonly sample: string | undefined;
  readonly submitsPerSecond: number;
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number };
  /** Share of the machine that strangers used meanwhile: above a few percent, take care. */
  readonly otherCpu: number;
}

export async function measure(
  worker: Worker,
  line: Line,
  settings: Settings,
  signal: AbortSignal,
): Promise<Measurement> {
  const { key, rate } = settings;
  const pool = line.pool ?? settings.pool;
  const jobs = settings.jobs ?? line.jobs;
  await using cleanup = new AsyncDisposableStack();
  const gearmand = await startGearmand();
  cleanup.defer(() => gearmand.stop());
  const { port, pid } = gearmand;
  const running = cleanup.use(new RunningWorker(commandOf(worker, line, { port, pool, key })));
  const mayGoOn = AbortSignal.any([signal, running.ended]);
  await workersRegistered(port, "service", mayGoOn).catch((cause: Error) => {
    throw new Error(`${worker.name} did not register: ${running.log}`, { cause });
  });

  const order = { port, key, command: line.command, output: line.output };
  if (line.warmUp > 0) {
    const warmUp = await prepareLoad({ ...order, jobs: line.warmUp, rate: undefined }, signal);
    await warmUp.run();
  }
  const idle = running.memory();
  const load = await prepareLoad({ ...order, jobs, rate }, signal);
  const before = clocks(running, pid);
  const [report, atWork] = await Promise.all([
    load.run(),
    line.memoryAfterMs && pause(line.memoryAfterMs, running, { signal }).then((worker) => worker.memory()),
  ]);
  const after = clocks(running, pid);
  if (report.results < 2) throw new Error(`${worker.name} gave no results: ${running.log}`);

  return {
    worker: worker.name,
    line: line.name,
    pool,
    jobs,
    ...figures(report, before, after),
    cpuMeasuredBy: running.how,
    ...(atWork || running.memory()),
    idlePssMiB: idle.pssMiB,
    peakMiB: running.peakMiB,
    wrong: report.wrong + jobs - report.results,
    sample: report.sample,
  };
}

/** Readings of CPU time in milliseconds, and of the clock. */
interface Clocks {
  readonly worker: number;
  readonly gearmand: number;
  readonly bench: number;
  readonly machine: number;
  readonly wall: number;
}

function clocks(running: RunningWorker, gearmandPid: number): Clocks {
  const { user, system } = process.cpuUsage();
  return {
    worker: running.cpuMs,
    gearmand: readStat(gearmandPid)?.cpuMs ?? 0,
    bench: (user + system) / 1000,
    machine: machineCpuMs(),
    wall: performance.now(),
  };
}

function figures(report: LoadReport, before: Clocks, after: Clocks) {
  const worker = after.worker - before.worker;
  const gearmand = after.gearmand - before.gearmand;
  const ours = worker + gearmand + report.cpuMs + after.bench - before.bench;
  const capacity = (after.wall - before.wall) * availableParallelism();
  return {
    checksPerSecond: (report.results - 1) / report.seconds,
    seconds: report.seconds,
    cpuMsPerCheck: worker / report.results,
    gearmandCpuMsPerCheck: gearmand / report.results,
    submitsPerSecond: report.submitsPerSecond,
    latencyMs: {
      p50: percentile(report.latenciesMs, 0.5),
      p95: percentile(report.latenciesMs, 0.95),
      p99: percentile(report.latenciesMs, 0.99),
    },
    otherCpu: Math.max(0, after.machine - before.machine - ours) / capacity,
  };
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
