import { type Run, runAll } from "./measuring/run.ts";
import { HELP, type Options, readOptions } from "./options.ts";
import { type Report, renderReport } from "./reporting/report.ts";
import { keepRun, publishRun } from "./reporting/saved-run.ts";
import { summarise } from "./reporting/summary.ts";
import { describeMachine, describeWorker, withoutFolders } from "./reporting/versions.ts";
import { available } from "./stand-ins/availability.ts";
import { startStandIns } from "./stand-ins/stand-ins.ts";
import { builtWorker, sourceWorker, takesPart, type Worker } from "./workers/worker.ts";

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop.abort());

const options = readOptions(process.argv.slice(2));
if (options === undefined) console.log(HELP);
else process.exitCode = (await bench(options)) ? 0 : 1;

/** Returns true when no measurement failed and every result was right. */
async function bench(options: Options): Promise<boolean> {
  const { scenario, reps } = options;
  const all = [options.fromSource ? sourceWorker() : await builtWorker(), ...options.peers];
  await using standIns = await startStandIns(options.lines);
  const { lines, notes } = available(options.lines, standIns.values);
  for (const note of notes) console.error(note);
  const workers = all.filter((worker) => lines.some((line) => takesPart(worker, line)));
  const plan = { scenario, lines, workers, reps };
  const run = await runAll(plan, { settings: options, standIns, signal: stop.signal }, console.error);
  if (stop.signal.aborted || run.measurements.length === 0) return false;

  const report = await reportOf(run, { ...options, workers, notes });
  console.log(renderReport(report, scenario.columns));
  const { charts } = scenario;
  const files = options.publish ? publishRun(report, charts) : keepRun(report, run, charts);
  for (const file of files) console.error(file);
  return run.failures.length === 0 && report.rows.every(({ wrong }) => wrong === 0);
}

type Circumstances = Options & { readonly workers: readonly Worker[]; readonly notes: readonly string[] };

async function reportOf({ measurements, failures }: Run, circumstances: Circumstances): Promise<Report> {
  const { scenario, lines, workers, key, notes } = circumstances;
  const base = workers.find(({ isOwn }) => !isOwn)?.name;
  const byLine = Map.groupBy(measurements, ({ line }) => line);
  return {
    scenario: scenario.name,
    about: scenario.about,
    date: new Date().toISOString(),
    machine: await describeMachine(),
    workers: await Promise.all(workers.map(describeWorker)),
    lines: lines.map((line) => ({ ...line, own: line.own.map(withoutFolders) })),
    encryption: key !== undefined,
    cpuMeasuredBy: measurements[0]?.cpuMeasuredBy ?? "",
    base,
    notes: [...notes, ...new Set(failures.map(({ line, worker }) => `${line}: ${worker} failed`))],
    rows: [...byLine.values()].flatMap((ofLine) => summarise(ofLine, base)),
  };
}
