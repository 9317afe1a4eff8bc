/**
 * Writes records through a real gearmand into a real InfluxDB 1.x, and compares every value:
 *
 *     node bench/perfdata/perfdata.ts [--records=100000] [--hard] [--clear] [--profile=FOLDER]
 *
 * `--hard` kills the writer in the middle, and stops the database for five seconds. Without it the time and
 * the CPU of the writer are measured, with `--program=FILE` those of another checkout. `--clear` is without
 * encryption.
 */

import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startGearmand } from "../../test/support/gearman/gearmand.ts";
import { type Influxdb, startInfluxdb } from "../../test/support/servers/influxdb.ts";
import { countJobs, expectedValue, fillQueue, KEY } from "./queue.ts";
import { cpuSeconds, end, residentMib } from "./watch.ts";

const LOOK_EVERY_MS = 20;

const { values } = parseArgs({
  options: {
    records: { type: "string", default: "100000" },
    hard: { type: "boolean", default: false },
    clear: { type: "boolean", default: false },
    program: { type: "string", default: join(import.meta.dirname, "../../src/cli/omd-worker.ts") },
    profile: { type: "string" },
  },
});
const records = Number(values.records);
const encryption = !values.clear;
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

/** All records are in the queue before the writer starts. The second half shows what one costs later on. */
async function measure(): Promise<void> {
  await fillQueue(gearmand.port, { to: records, encryption });
  const writer = startWriter();
  await until(() => readLog().includes("connected to job server"));
  const { pid = 0 } = writer;
  const [began, cpuBefore] = [performance.now(), cpuSeconds(pid)];
  const looks: { readonly left: number; readonly cpu: number }[] = [];
  let most = 0;
  await until(async () => {
    most = Math.max(most, residentMib(pid));
    looks.push({ left: await countJobs(gearmand.port), cpu: cpuSeconds(pid) - cpuBefore });
    return looks.at(-1)?.left === 0;
  });
  const seconds = (performance.now() - began) / 1000;
  await end(writer, "SIGTERM");
  await compare();
  const cpu = looks.at(-1)?.cpu ?? 0;
  const middle = looks.find(({ left }) => left <= records / 2) ?? { left: 0, cpu: 0 };
  print(
    `${records} records (${2 * records} lines) in ${seconds.toFixed(2)} s: ${rate(records / seconds)} records/s`,
  );
  print(`CPU of the writer: ${cpu.toFixed(2)} s, ${costs(cpu, records)}`);
  print(`of that the second half: ${costs(cpu - middle.cpu, middle.left)}`);
  print(`memory of the writer: at most ${most} MiB`);
}

function costs(cpu: number, some: number): string {
  return `${((1e6 * cpu) / some).toFixed(1)} µs a record: ${rate(some / cpu)} records a second of CPU`;
}

async function proveHard(): Promise<void> {
  const half = Math.floor(records / 2);
  await fillQueue(gearmand.port, { to: half, encryption });
  let writer = startWriter();
  await until(async () => (await countJobs(gearmand.port)) < half * 0.7);
  await end(writer, "SIGKILL");
  print(`killed: ${await countJobs(gearmand.port)} of ${half} jobs are in gearmand`);
  writer = startWriter();
  await until(async () => (await countJobs(gearmand.port)) < half * 0.4);
  await influxdb.stop();
  print("the database is stopped for five seconds");
  await fillQueue(gearmand.port, { from: half, to: records, encryption });
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
  const { profile, program } = values;
  const flags = profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`];
  const options = [
    `server=127.0.0.1:${gearmand.port}`,
    ...(encryption ? [`key=${KEY}`] : ["encryption=no"]),
    `target=main ${influxdb.url} database=nagflux`,
    `spool=${join(folder, "spool")}`,
    `logfile=${join(folder, "log")}`,
  ];
  return spawn(process.execPath, [...flags, program, "perfdata", ...options], { stdio: "inherit" });
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

function rate(perSecond: number): string {
  return Math.round(perSecond).toLocaleString("en");
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
