/**
 * Writes records through a real gearmand into a real InfluxDB 1.x, and compares every value:
 *
 *     node bench/perfdata/perfdata.ts [--records=100000] [--hard] [--profile=FOLDER]
 *
 * `--hard` kills the writer in the middle, stops the database for five seconds, and has bad lines between the
 * good ones. Without it the time and the CPU of the writer are measured.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startGearmand } from "../../test/support/gearman/gearmand.ts";
import { type Influxdb, startInfluxdb } from "../../test/support/servers/influxdb.ts";
import { countJobs, expectedValue, fillQueue, KEY } from "./queue.ts";

const PROGRAM = join(import.meta.dirname, "../../src/cli/omd-worker.ts");
const HERTZ = 100;
const LOOK_EVERY_MS = 20;

const { values } = parseArgs({
  options: {
    records: { type: "string", default: "100000" },
    hard: { type: "boolean", default: false },
    profile: { type: "string" },
  },
});
const records = Number(values.records);
const folder = mkdtempSync(join(tmpdir(), "perfdata-bench-"));
const gearmand = await startGearmand();
const influxdb = await startInfluxdb();
try {
  await (values.hard ? proveHard() : measure());
} finally {
  await influxdb[Symbol.asyncDispose]();
  await gearmand.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** All records are in the queue before the writer starts. */
async function measure(): Promise<void> {
  await fillQueue(gearmand.port, 0, records);
  const writer = startWriter();
  await until(() => readLog().includes("connected to job server"));
  const began = performance.now();
  const cpuBefore = cpuSeconds(writer.pid ?? 0);
  let most = 0;
  await until(async () => {
    most = Math.max(most, residentMib(writer.pid ?? 0));
    return (await countJobs(gearmand.port)) === 0;
  });
  const seconds = (performance.now() - began) / 1000;
  const cpu = cpuSeconds(writer.pid ?? 0) - cpuBefore;
  await end(writer, "SIGTERM");
  await compare();
  const perRecord = ((cpu / records) * 1e6).toFixed(1);
  print(`${records} records (${2 * records} lines) in ${seconds.toFixed(2)} s: ${rate(seconds)} records/s`);
  print(
    `CPU of the writer: ${cpu.toFixed(2)} s, ${perRecord} µs a record: ${rate(cpu)} records a second of CPU`,
  );
  print(`memory of the writer: at most ${most} MiB`);
}

async function proveHard(): Promise<void> {
  const half = Math.floor(records / 2);
  await fillQueue(gearmand.port, 0, half);
  let writer = startWriter();
  await until(async () => (await countJobs(gearmand.port)) < half * 0.7);
  await end(writer, "SIGKILL");
  print(`killed: ${await countJobs(gearmand.port)} of ${half} jobs are in gearmand`);
  writer = startWriter();
  await until(async () => (await countJobs(gearmand.port)) < half * 0.4);
  await influxdb.stop();
  print("the database is stopped for five seconds");
  await fillQueue(gearmand.port, half, records);
  await pause(5000);
  await influxdb.start();
  await until(async () => (await countJobs(gearmand.port)) === 0);
  print(`the queue is empty, ${spoolSize()} batches are in the spool`);
  await until(() => spoolSize() === 0);
  print(`the spool is empty; the log says: the database ${readLog().match(/takes lines again.*/)?.[0]}`);
  await end(writer, "SIGTERM");
  await compare();
}

/** How many batches wait for the database. */
function spoolSize(): number {
  return readdirSync(join(folder, "spool", "main")).filter((name) => name.endsWith(".entry")).length;
}

/** Every value of every record, once. */
async function compare(): Promise<void> {
  const [found, wrong] = await countValues(influxdb);
  print(`read back: ${found} values, ${wrong} of them wrong, ${2 * records - found} missing`);
  if (wrong > 0 || found !== 2 * records) process.exitCode = 1;
}

async function countValues(database: Influxdb): Promise<readonly [found: number, wrong: number]> {
  let [found, wrong] = [0, 0];
  for (const label of ["rta", "pl"]) {
    const rows = await database.query(
      `select value, service, host from metrics where performanceLabel='${label}'`,
    );
    found += rows.length;
    wrong += rows.filter(
      ({ service, time, value }) => value !== expectedValue(label, String(service), Number(time)),
    ).length;
  }
  return [found, wrong];
}

function startWriter() {
  const { profile } = values;
  const flags = profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`];
  const options = [
    `server=127.0.0.1:${gearmand.port}`,
    `key=${KEY}`,
    `target=main ${influxdb.url} database=nagflux`,
    `spool=${join(folder, "spool")}`,
    `logfile=${join(folder, "log")}`,
  ];
  return spawn(process.execPath, [...flags, PROGRAM, "perfdata", ...options], { stdio: "inherit" });
}

async function end(child: ReturnType<typeof spawn>, signal: NodeJS.Signals): Promise<void> {
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await pause(LOOK_EVERY_MS);
}

function readLog(): string {
  try {
    return readFileSync(join(folder, "log"), "utf8");
  } catch {
    return "";
  }
}

/** User and system time, of all its threads. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / HERTZ;
}

function residentMib(pid: number): number {
  const kib = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Math.round(Number(kib) / 1024);
}

function rate(seconds: number): string {
  return Math.round(records / seconds).toLocaleString("en");
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
