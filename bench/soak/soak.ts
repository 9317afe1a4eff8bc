import { keepFigures, publishFigures } from "../reporting/saved-run.ts";
import { describeMachine, describeWorker, withoutFolders } from "../reporting/versions.ts";
import { SITE_MIX } from "../scenarios/site.ts";
import { builtWorker, sourceWorker } from "../workers/worker.ts";
import { renderSoakChart } from "./chart.ts";
import type { Sample } from "./figures.ts";
import { readSoakArguments, SOAK_HELP, type SoakArguments } from "./options.ts";
import { isSoakSound, renderSoak, type SoakReport, toColumns } from "./report.ts";
import { runSoak } from "./run.ts";
import { judgeSoak } from "./verdict.ts";

const TOLD_EACH = 6;
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop.abort());

const options = readSoakArguments(process.argv.slice(2));
if (options === undefined) console.log(SOAK_HELP);
else process.exitCode = (await soak(options)) ? 0 : 1;

/** Returns true when each job had its result and nothing has grown. */
async function soak(options: SoakArguments): Promise<boolean> {
  const { seconds, site, kinds, leak, key, fromSource, publish } = options;
  const worker = fromSource ? sourceWorker() : await builtWorker();
  const { line, notes, samples, counts, wrongResult } = await runSoak(
    { ...options, worker },
    stop.signal,
    teller(),
  );
  if (wrongResult !== undefined) console.error(`wrong or unexpected: ${JSON.stringify(wrongResult)}`);
  const report: SoakReport = {
    scenario: "soak",
    date: new Date().toISOString(),
    machine: await describeMachine(),
    worker: await describeWorker(worker),
    own: line.own.map(withoutFolders),
    minutes: seconds / 60,
    rate: line.rate ?? options.rate,
    siteRate: kinds === undefined ? Math.min(options.rate, siteRateOf(site)) : options.rate,
    ...(kinds && { kinds }),
    encryption: key !== undefined,
    plantedLeak: leak,
    notes,
    counts,
    verdict: judgeSoak(samples),
    samples: toColumns(samples),
  };
  console.log(renderSoak(report));
  const save = publish ? publishFigures : keepFigures;
  for (const file of save(report, renderSoakChart(report))) console.error(file);
  return isSoakSound(report);
}

function siteRateOf(share: number): number {
  return (SITE_MIX.reduce((sum, part) => sum + part.share, 0) / 60) * share;
}

/** A line for each sixth sample: a minute, where there is one each ten seconds. */
function teller(): (sample: Sample) => void {
  let samples = 0;
  return ({ seconds, submitted, results, pssMiB, heapMiB, descriptors, timers, processes, p99Ms }) => {
    samples += 1;
    if (samples % TOLD_EACH !== 0) return;
    const figures = `PSS ${pssMiB.toFixed(0)} MiB, heap ${heapMiB.toFixed(0)}, ${descriptors} descriptors`;
    const others = `${timers} timers, ${processes} processes, p99 ${p99Ms.toFixed(0)} ms`;
    console.error(`${Math.round(seconds)} s: ${results} of ${submitted}, ${figures}, ${others}`);
  };
}
