import { machineCpuMs, machinePercent, readStat } from "../processes/process-tree.ts";
import { type TimedRun, timeRun } from "../processes/timed-run.ts";
import { type Line, startsOf } from "../scenarios/line.ts";
import { programOf, type Worker } from "../workers/worker.ts";
import type { Circumstances, Measurement } from "./measurement.ts";
import { spread } from "./spread.ts";

/** What every Node program costs at least. */
const BARE_NODE = [process.execPath, "-e", "0"];

/** Runs a command of the worker's program that ends at once, in turn with `node -e 0`. */
export async function measureStart(
  worker: Worker,
  line: Line,
  { settings, signal }: Circumstances,
): Promise<Measurement> {
  const jobs = startsOf(line, settings);
  const command = [...programOf(worker), ...line.own];
  await runInTurn(command, line.warmUp, signal);
  const before = clocks();
  const runs = await runInTurn(command, jobs, signal);
  const after = clocks();
  const others = after.machine - before.machine - (after.ours - before.ours);
  return {
    worker: worker.name,
    line: line.name,
    pool: line.pool ?? settings.pool,
    jobs,
    cpuMeasuredBy: "bash's time",
    figures: {
      ...startFigures(runs),
      otherCpuPercent: machinePercent(others, after.wall - before.wall),
    },
    wrong: 0,
    sample: undefined,
  };
}

interface Pair {
  readonly own: TimedRun;
  readonly node: TimedRun;
}

async function runInTurn(
  command: readonly string[],
  times: number,
  signal: AbortSignal,
): Promise<readonly Pair[]> {
  const pairs: Pair[] = [];
  while (pairs.length < times) {
    const node = await timeRun(BARE_NODE, signal);
    pairs.push({ node, own: await timeRun(command, signal) });
  }
  return pairs;
}

function startFigures(pairs: readonly Pair[]) {
  const median = (read: (pair: Pair) => number): number => spread(pairs.map(read)).median;
  const startMs = median(({ own }) => own.wallMs);
  const startCpuMs = median(({ own }) => own.cpuMs);
  const nodeMs = median(({ node }) => node.wallMs);
  const nodeCpuMs = median(({ node }) => node.cpuMs);
  return {
    startMs,
    startCpuMs,
    nodeMs,
    nodeCpuMs,
    timesNode: startMs / nodeMs,
    timesNodeCpu: startCpuMs / nodeCpuMs,
  };
}

/** CPU times in milliseconds, and the clock. `ours` is this process and all its children that have ended. */
function clocks() {
  return {
    ours: readStat(process.pid)?.cpuMs ?? 0,
    machine: machineCpuMs(),
    wall: performance.now(),
  };
}
