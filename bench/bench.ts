import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, release } from "node:os";
import { dirname, join } from "node:path";
import { type Measurement, measure } from "./measure.ts";
import { HELP, type Options, readOptions } from "./options.ts";
import { type Summary, summarise } from "./summary.ts";
import { renderTable } from "./table.ts";
import { builtWorker, sourceWorker, type Worker } from "./workers.ts";

const RESULTS = join(import.meta.dirname, "results");

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort());

const options = readOptions(process.argv.slice(2));
if (options === undefined) console.log(HELP);
else process.exitCode = (await bench(options)) ? 0 : 1;

interface Run {
  readonly measurements: readonly Measurement[];
  /** What a worker could not do, in words. */
  readonly failures: readonly string[];
}

/** True: every worker did every line, and every result was right. */
async function bench(options: Options): Promise<boolean> {
  const own = options.fromSource ? sourceWorker() : await builtWorker();
  const date = new Date();
  const run = await measureAll([own, ...options.peers], options);
  const rows = summariseLines(run.measurements, options);
  print(rows, run, options);
  const file = options.json ?? join(RESULTS, `${date.toISOString().replaceAll(":", "-")}.json`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ date, machine: machine(), rows, ...run }, undefined, 2)}\n`);
  console.log(file);
  return run.failures.length === 0 && rows.every(({ wrong }) => wrong === 0);
}

/** The workers take turns (A B C A B C): what disturbs the machine for a while disturbs them all. */
async function measureAll(workers: readonly Worker[], options: Options): Promise<Run> {
  const measurements: Measurement[] = [];
  const failures: string[] = [];
  const turns = options.lines.flatMap((line) =>
    Array.from({ length: options.reps }, () => workers.map((worker) => ({ line, worker }))).flat(),
  );
  for (const { line, worker } of turns) {
    if (stop.signal.aborted) break;
    try {
      const measurement = await measure(worker, line, options, stop.signal);
      measurements.push(measurement);
      console.error(progress(measurement));
    } catch (error) {
      failures.push(`${line.name}: ${error instanceof Error ? error.message : error}`);
      console.error(failures.at(-1));
    }
  }
  return { measurements, failures };
}

function progress({ line, worker, checksPerSecond, cpuMsPerCheck, wrong, sample }: Measurement): string {
  const figures = `${line} ${worker}: ${checksPerSecond.toFixed(0)}/s, ${cpuMsPerCheck.toFixed(3)} ms`;
  return wrong === 0 ? figures : `${figures}, ${wrong} wrong or missing, such as: ${sample ?? "(missing)"}`;
}

function summariseLines(measurements: readonly Measurement[], { lines, peers }: Options): readonly Summary[] {
  return lines.flatMap(({ name }) =>
    summarise(
      measurements.filter(({ line }) => line === name),
      peers[0]?.name,
    ),
  );
}

function print(rows: readonly Summary[], { measurements }: Run, { rate, key, peers }: Options): void {
  const [first] = measurements;
  if (first === undefined) return;
  console.log(renderTable(rows, rate === undefined ? "burst" : "live"));
  console.log(`
Median (least–most)${peers[0] ? `; × is against ${peers[0].name}` : ""}. Encryption ${key === undefined ? "off" : "on"}.
CPU is that of the worker and all it starts, by ${first.cpuMeasuredBy}. Other CPU: what strangers used of the machine, at most.`);
}

function machine() {
  return { cpu: cpus()[0]?.model, cores: availableParallelism(), kernel: release(), node: process.version };
}
