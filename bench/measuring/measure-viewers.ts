import { createServer } from "node:net";
import { prepareLoad } from "../load/prepare-load.ts";
import { machineCpuMs, machinePercent, readStat } from "../processes/process-tree.ts";
import { type Line, offerOf } from "../scenarios/line.ts";
import { startWarmWorker, type WarmWorker } from "../workers/warm-worker.ts";
import type { Worker } from "../workers/worker.ts";
import type { Figures } from "./figures.ts";
import type { Circumstances, Measurement } from "./measurement.ts";
import { spread } from "./spread.ts";

const VIEWERS = 20;
/** Loads without and with viewers, in turns. */
const PAIRS = 3;

/** Measures what viewers of the status page cost a worker that has work, in turns with none. */
export async function measureViewers(
  worker: Worker,
  line: Line,
  circumstances: Circumstances,
): Promise<Measurement> {
  const { settings, signal } = circumstances;
  const port = await freePort();
  const own = [...line.own, `--prometheus_server=127.0.0.1:${port}`];
  await using setup = await startWarmWorker(worker, { ...line, own }, settings, signal);
  const turns: Turn[] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    turns.push(await takeTurn(setup, line, circumstances, undefined));
    turns.push(await takeTurn(setup, line, circumstances, port));
  }
  return {
    worker: worker.name,
    line: line.name,
    pool: setup.pool,
    jobs: turns.reduce((total, { jobs }) => total + jobs, 0),
    cpuMeasuredBy: setup.running.how,
    figures: figuresOf(turns),
    wrong: turns.reduce((total, { wrong }) => total + wrong, 0),
    sample: turns.find(({ sample }) => sample !== undefined)?.sample,
  };
}

function figuresOf(turns: readonly Turn[]): Figures {
  const median = (some: readonly Turn[], read: (turn: Turn) => number) => spread(some.map(read)).median;
  const alone = turns.filter(({ isSeen }) => !isSeen);
  const seen = turns.filter(({ isSeen }) => isSeen);
  const cores = median(alone, (turn) => turn.cores);
  const viewedCores = median(seen, (turn) => turn.cores);
  return {
    cores,
    viewedCores,
    coresPerViewer: (viewedCores - cores) / VIEWERS,
    p99Ms: median(alone, (turn) => turn.p99Ms),
    viewedP99Ms: median(seen, (turn) => turn.p99Ms),
    otherCpuPercent: median(turns, ({ othersPercent }) => othersPercent),
  };
}

interface Turn {
  readonly isSeen: boolean;
  readonly jobs: number;
  /** CPU seconds of the worker per second. */
  readonly cores: number;
  readonly p99Ms: number;
  readonly othersPercent: number;
  readonly wrong: number;
  readonly sample: string | undefined;
}

/** `port`: viewers look at the page there; undefined: nobody does. */
async function takeTurn(
  setup: WarmWorker,
  line: Line,
  { settings, signal }: Circumstances,
  port: number | undefined,
): Promise<Turn> {
  const { jobs, rate } = offerOf(line, settings);
  const load = await prepareLoad({ ...setup.order, jobs, rate }, signal);
  using _viewers = port === undefined ? undefined : await openViewers(port);
  const before = clocks(setup);
  const report = await load.run();
  const after = clocks(setup);
  const wallMs = after.wall - before.wall;
  const worker = after.worker - before.worker;
  const others = after.machine - before.machine - worker - (after.rest - before.rest) - report.cpuMs;
  return {
    isSeen: port !== undefined,
    jobs,
    cores: worker / wallMs,
    p99Ms: report.latencyMs.p99,
    othersPercent: machinePercent(others, wallMs),
    wrong: report.wrong + jobs - report.results,
    sample: report.sample,
  };
}

/** Viewers that read all they are sent. Resolves when each has seen the first event. */
async function openViewers(port: number): Promise<Disposable> {
  const abort = new AbortController();
  const seen = Array.from({ length: VIEWERS }, async () => {
    const { body, ok } = await fetch(`http://127.0.0.1:${port}/events`, { signal: abort.signal });
    if (!ok || body === null) throw new Error("the worker has no status page");
    const reader = body.getReader();
    await reader.read();
    const read = async (): Promise<void> => {
      while (!(await reader.read()).done);
    };
    read().catch(() => {});
  });
  await Promise.all(seen);
  return { [Symbol.dispose]: () => abort.abort() };
}

/** CPU times in milliseconds, and the clock. `rest` is gearmand and this process, which holds the viewers. */
function clocks({ running, gearmandPid }: WarmWorker) {
  const { user, system } = process.cpuUsage();
  return {
    worker: running.cpuMs,
    rest: (readStat(gearmandPid)?.cpuMs ?? 0) + (user + system) / 1000,
    machine: machineCpuMs(),
    wall: performance.now(),
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port is free");
  return address.port;
}
