/**
 * What the writer of perfdata carries when neither gearmand nor a database limits it:
 *
 *     node bench/perfdata/alone.ts [--records=200000] [--reps=3] [--clear] [--core=0] [--program=FILE …]
 *
 * Measured are so many records after the first 100,000 (`--warm`). Programs, such as that of another
 * checkout, take turns. `--core` is the one core that the writer has; `--clear` is without encryption. It
 * prints each run, and the medians.
 */

import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { KEY } from "./queue.ts";
import { cpuSeconds, end, pssMib } from "./watch.ts";

const OWN = join(import.meta.dirname, "../../src/cli/omd-worker.ts");

const LOOK_EVERY_MS = 200;

const { values } = parseArgs({
  options: {
    records: { type: "string", default: "200000" },
    warm: { type: "string", default: "100000" },
    reps: { type: "string", default: "3" },
    clear: { type: "boolean", default: false },
    core: { type: "string" },
    profile: { type: "string" },
    program: { type: "string", multiple: true, default: [OWN] },
  },
});

interface Run {
  readonly rate: number;
  readonly cpuMicroseconds: number;
  readonly cores: number;
  readonly pss: readonly number[];
}

const runs = new Map<string, Run[]>(values.program.map((program) => [program, []]));
for (let rep = 0; rep < Number(values.reps); rep += 1) {
  for (const [program, done] of runs) {
    const run = await measure(program);
    done.push(run);
    show(`${program}: `, run);
  }
}
for (const [program, done] of runs) {
  const cpu = median(done.map(({ cpuMicroseconds }) => cpuMicroseconds));
  print(`median of ${program}: ${cpu.toFixed(1)} µs a record, ${Math.round(1e6 / cpu)} a second of CPU`);
}

async function measure(program: string): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), "perfdata-alone-"));
  const feeder = fork(join(import.meta.dirname, "feeder.ts"), [values.clear ? "clear" : "encrypted"]);
  const ports = await told<{ readonly gearman: number; readonly influx: number }>(feeder);
  const writer = startWriter(program, folder, ports);
  try {
    await completed(feeder, Number(values.warm));
    return await watch(writer.pid ?? 0, feeder);
  } finally {
    await end(writer, "SIGTERM");
    await end(feeder, "SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  }
}

async function watch(pid: number, feeder: ChildProcess): Promise<Run> {
  const { completed: before } = await ask(feeder);
  const [cpuBefore, began] = [cpuSeconds(pid), performance.now()];
  const pss = [pssMib(pid)];
  await completed(feeder, before + Number(values.records), () => pss.push(pssMib(pid)));
  const records = (await ask(feeder)).completed - before;
  const [cpu, seconds] = [cpuSeconds(pid) - cpuBefore, (performance.now() - began) / 1000];
  return { rate: records / seconds, cpuMicroseconds: (1e6 * cpu) / records, cores: cpu / seconds, pss };
}

/** Resolves when so many records are completed. */
async function completed(feeder: ChildProcess, records: number, look = () => {}): Promise<void> {
  while ((await ask(feeder)).completed < records) {
    await pause(LOOK_EVERY_MS);
    look();
  }
}

function startWriter(
  program: string,
  folder: string,
  { gearman, influx }: Record<"gearman" | "influx", number>,
) {
  const options = [
    `server=127.0.0.1:${gearman}`,
    ...(values.clear ? ["encryption=no"] : [`key=${KEY}`]),
    `target=main http://127.0.0.1:${influx} database=nagflux`,
    `spool=${join(folder, "spool")}`,
    `logfile=${join(folder, "log")}`,
  ];
  const { core, profile } = values;
  const flags = profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`];
  const argv = [process.execPath, ...flags, program, "perfdata", ...options];
  const [command = "", ...args] = core === undefined ? argv : ["taskset", "-c", core, ...argv];
  return spawn(command, args, { stdio: "inherit" });
}

async function ask(feeder: ChildProcess): Promise<{ readonly completed: number }> {
  feeder.send("counts");
  return told(feeder);
}

async function told<T>(feeder: ChildProcess): Promise<T> {
  const [message] = await once(feeder, "message");
  return message as T;
}

function show(name: string, { rate, cpuMicroseconds, cores, pss }: Run): void {
  const quarters = [0, 1, 2, 3, 4].map((quarter) => pss[Math.floor(((pss.length - 1) * quarter) / 4)]);
  print(
    `${name}${Math.round(rate)} records/s with ${cores.toFixed(2)} cores, ` +
      `${cpuMicroseconds.toFixed(1)} µs a record, ${Math.round(1e6 / cpuMicroseconds)} a second of CPU; ` +
      `PSS at the beginning and after each quarter ${quarters.join(", ")} MiB, at most ${Math.max(...pss)}`,
  );
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
