import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { freePort } from "../../test/support/free-port.ts";
import { EndlessLoad, type LoadCounts } from "../load/endless-load.ts";
import type { Line } from "../scenarios/line.ts";
import { available } from "../stand-ins/availability.ts";
import { startStandIns } from "../stand-ins/stand-ins.ts";
import { startWarmWorker } from "../workers/warm-worker.ts";
import type { Worker } from "../workers/worker.ts";
import type { Sample } from "./figures.ts";
import { LeastFigures } from "./least-figures.ts";
import { OBJECTS, type SoakMix, soakLine } from "./mix.ts";
import { LEAK_VARIABLE } from "./planted-leak.ts";
import { readSample } from "./read-sample.ts";

export interface SoakOptions extends SoakMix {
  readonly worker: Worker;
  readonly seconds: number;
  readonly sampleSeconds: number;
  /** KiB a second that the worker is made to lose. */
  readonly leak: number;
  readonly key: string | undefined;
}

export interface SoakRun {
  readonly line: Line;
  readonly notes: readonly string[];
  readonly samples: readonly Sample[];
  readonly counts: LoadCounts;
  /** The first result that was wrong or unexpected. */
  readonly wrongResult: string | undefined;
}

const PLANTED_LEAK = pathToFileURL(join(import.meta.dirname, "planted-leak.ts")).href;
const GIVE_UP_MS = 30_000;
/** V8's heap is what is alive for a moment only, after a collection. */
const GLANCE_MS = 2000;

/** One worker on a gearmand of its own, under a load that goes on. */
export async function runSoak(
  options: SoakOptions,
  signal: AbortSignal,
  tell: (sample: Sample) => void,
): Promise<SoakRun> {
  const { worker, seconds, sampleSeconds, rate, leak, key } = options;
  const wanted = soakLine(options);
  await using standIns = await startStandIns([wanted]);
  const { lines, notes } = available([wanted], standIns.values);
  const [line] = lines;
  if (line === undefined) throw new Error(notes.join("\n"));
  const metrics = `127.0.0.1:${await freePort()}`;
  const observed = {
    ...line,
    under: [...(line.under ?? []), ...leaking(leak)],
    own: [...line.own, `--prometheus_server=${metrics}`],
  };
  await using setup = await startWarmWorker(worker, observed, { pool: 1, key }, signal);
  const { running, order } = setup;
  using load = await EndlessLoad.open({ ...order, rate: line.rate ?? rate, objects: OBJECTS });
  const samples: Sample[] = [];
  const startMs = performance.now();
  const mayGoOn = AbortSignal.any([signal, running.ended]);
  load.start();
  const least = new LeastFigures(metrics);
  const glances = Math.max(1, Math.round((sampleSeconds * 1000) / GLANCE_MS));
  const looks = Math.floor(seconds / sampleSeconds) * glances;
  for (let next = 1; next <= looks; next++) {
    const dueMs = startMs + (next / glances) * sampleSeconds * 1000;
    // A look may take longer than the time to the next one.
    await pause(Math.max(1, dueMs - performance.now()), undefined, { signal: mayGoOn });
    await least.look();
    if (next % glances !== 0) continue;
    const sample = readSample({ pid: running.pid, own: least.take(), load, startMs });
    samples.push(sample);
    tell(sample);
  }
  const counts = await load.finish(GIVE_UP_MS);
  return { line, notes, samples, counts, wrongResult: load.sample };
}

function leaking(kib: number): readonly string[] {
  return kib === 0 ? [] : [`NODE_OPTIONS=--import=${PLANTED_LEAK}`, `${LEAK_VARIABLE}=${kib}`];
}
