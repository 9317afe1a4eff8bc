import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../../test/support/free-port.ts";
import type { Line } from "../scenarios/line.ts";
import { startWarmWorker } from "../workers/warm-worker.ts";
import type { Worker } from "../workers/worker.ts";
import type { Figures } from "./figures.ts";
import { offerLoad, sumOfLoads } from "./measure-load.ts";
import type { Circumstances, Measurement } from "./measurement.ts";
import { readShares } from "./shares.ts";

/** The results of a minute come in, and connections close, before the next load begins. */
const SETTLE_MS = 2_000;

/**
 * Measures the first minute of a site and, of our own worker, its last as well: a worker of a site runs for
 * months. Our worker shows its metrics, as it does on sites.
 */
export async function measureSite(
  worker: Worker,
  line: Line,
  circumstances: Circumstances,
): Promise<Measurement> {
  const { settings, signal } = circumstances;
  const metrics = worker.isOwn ? `127.0.0.1:${await freePort()}` : undefined;
  const own = metrics === undefined ? line.own : [...line.own, `--prometheus_server=${metrics}`];
  await using setup = await startWarmWorker(worker, { ...line, own }, settings, signal);
  const { running, pool } = setup;
  const first = await offerLoad(setup, line, circumstances);
  const { pssMiB } = running.memory();
  const loads = [first];
  const minutes = worker.isOwn ? (line.minutes ?? 1) : 1;
  if (minutes > 2) loads.push(await offerLoad(setup, line, circumstances, minutes - 2));
  await pause(SETTLE_MS, undefined, { signal });
  const last = minutes > 1 ? await offerLoad(setup, line, circumstances) : undefined;
  if (last !== undefined) loads.push(last);
  const { peakMiB } = running;
  return {
    worker: worker.name,
    line: line.name,
    pool,
    ...sumOfLoads(loads),
    cpuMeasuredBy: running.how,
    figures: {
      ...first.figures,
      pssMiB,
      ...(last && { ...laterFigures(last.figures), laterPssMiB: running.memory().pssMiB }),
      ...(metrics && (await readShares(metrics))),
      ...(peakMiB === undefined ? {} : { peakMiB }),
    },
  };
}

function laterFigures({ cores, gearmandCores, p50Ms, p99Ms }: Figures): Figures {
  return {
    ...(cores !== undefined && { laterCores: cores }),
    ...(gearmandCores !== undefined && { laterGearmandCores: gearmandCores }),
    ...(p50Ms !== undefined && { laterP50Ms: p50Ms }),
    ...(p99Ms !== undefined && { laterP99Ms: p99Ms }),
  };
}
