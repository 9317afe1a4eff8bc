import { startGearmand } from "../../test/support/gearman/gearmand.ts";
import { machineCpuMs, machinePercent, readStat } from "../processes/process-tree.ts";
import { type Line, startsOf } from "../scenarios/line.ts";
import { firstRegistered, noneRegistered } from "../workers/registration.ts";
import { RunningWorker } from "../workers/running-worker.ts";
import { commandOf, type Worker } from "../workers/worker.ts";
import type { Circumstances, Measurement } from "./measurement.ts";
import { spread } from "./spread.ts";

const QUEUE = "service";

/** Starts a worker again and again; each time it is stopped when gearmand knows it. */
export async function measureRegister(
  worker: Worker,
  line: Line,
  { settings, signal }: Circumstances,
): Promise<Measurement> {
  const jobs = startsOf(line, settings);
  const pool = line.pool ?? settings.pool;
  await using cleanup = new AsyncDisposableStack();
  const gearmand = await startGearmand();
  cleanup.defer(() => gearmand.stop());
  const { port, pid } = gearmand;
  const command = commandOf(worker, line, { port, pool, key: settings.key });
  const starts: Start[] = [];
  while (starts.length < line.warmUp + jobs) starts.push(await startOnce(command, { port, pid, signal }));
  const counted = starts.slice(line.warmUp);
  const sum = (read: (start: Start) => number): number =>
    counted.reduce((total, start) => total + read(start), 0);
  return {
    worker: worker.name,
    line: line.name,
    pool,
    jobs,
    cpuMeasuredBy: counted[0]?.how ?? "process tree",
    figures: {
      startMs: spread(counted.map(({ wallMs }) => wallMs)).median,
      startCpuMs: spread(counted.map(({ cpuMs }) => cpuMs)).median,
      otherCpuPercent: machinePercent(
        sum(({ othersMs }) => othersMs),
        sum(({ wallMs }) => wallMs),
      ),
    },
    wrong: 0,
    sample: undefined,
  };
}

interface Start {
  readonly wallMs: number;
  readonly cpuMs: number;
  /** CPU time of other programs meanwhile. */
  readonly othersMs: number;
  readonly how: RunningWorker["how"];
}

interface Server {
  readonly port: number;
  readonly pid: number;
  readonly signal: AbortSignal;
}

async function startOnce(command: readonly string[], server: Server): Promise<Start> {
  const start = await registerOnce(command, server);
  await noneRegistered(server.port, QUEUE, server.signal);
  return start;
}

async function registerOnce(command: readonly string[], { port, pid, signal }: Server): Promise<Start> {
  const before = clocks(pid);
  await using running = new RunningWorker(command);
  const mayGoOn = AbortSignal.any([signal, running.ended]);
  await firstRegistered(port, QUEUE, mayGoOn).catch((cause: Error) => {
    throw new Error(`the worker did not register: ${running.log}`, { cause });
  });
  const { wall, machine, ours } = clocks(pid);
  const { how, cpuMs } = running;
  const othersMs = machine - before.machine - (ours - before.ours) - cpuMs;
  return { wallMs: wall - before.wall, cpuMs, othersMs, how };
}

/** CPU times in milliseconds, and the clock. `ours` is this process and gearmand. */
function clocks(gearmandPid: number) {
  const { user, system } = process.cpuUsage();
  return {
    ours: (user + system) / 1000 + (readStat(gearmandPid)?.cpuMs ?? 0),
    machine: machineCpuMs(),
    wall: performance.now(),
  };
}
