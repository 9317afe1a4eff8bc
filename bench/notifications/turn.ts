import { type ChildProcess, spawn } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Submitter } from "../../src/gearman/submitter.ts";
import { createEnvelope } from "../../src/payload/crypt.ts";
import { freePort } from "../../test/support/free-port.ts";
import { startGearmand } from "../../test/support/gearman/gearmand.ts";
import { type Percentiles, percentiles } from "../load/percentiles.ts";
import { cpuSeconds, end } from "../perfdata/watch.ts";

/** Who answers a notification: the worker, or the program that it starts. */
export type Way = "inside" | "started";

export interface TurnOptions {
  readonly way: Way;
  /** A notifier reads the spool, and nothing listens where its Zulip should be. */
  readonly hasNotifier: boolean;
  readonly notifications: number;
  /** `omd-worker`, as a file. */
  readonly program: string;
}

export interface Turn {
  /** From the submission of all of them to the completion of the last, in milliseconds. */
  readonly wholeMs: number;
  /** From the submission to the completion of each. */
  readonly each: Percentiles;
  /** User and system time of the notifier meanwhile. */
  readonly notifierCpuMs: number;
}

const QUIET = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
const WARMING = 20;
const TIMEOUT_MS = 300_000;
const LOOK_EVERY_MS = 20;
const { seal } = createEnvelope({ encryption: false });

/** One storm on a gearmand, a worker and a spool of its own. */
export async function takeTurn({ way, hasNotifier, notifications, program }: TurnOptions): Promise<Turn> {
  const folder = mkdtempSync(join(tmpdir(), "notifications-bench-"));
  const gearmand = await startGearmand();
  const running: ChildProcess[] = [];
  const start = (...words: readonly string[]) => {
    const PATH = [dirname(process.execPath), process.env["PATH"]].join(delimiter);
    const options = { stdio: "inherit", env: { ...process.env, PATH } } as const;
    const child = spawn(process.execPath, [program, ...words], options);
    running.push(child);
    return child;
  };
  const submitter = await connect(gearmand.port);
  try {
    await prepare(folder, program);
    const command = `${join(folder, "omd-worker")} notify zulip --config=${join(folder, "zulip.conf")}`;
    start(...workerWords(folder, gearmand.port, way));
    await storm(submitter, command, WARMING);
    const notifier = hasNotifier
      ? start("zulip-notifier", `--config=${join(folder, "zulip.conf")}`)
      : undefined;
    // It has found out that there is no Zulip.
    while (notifier !== undefined && !read(join(folder, "notifier.log")).includes("ECONNREFUSED"))
      await pause(LOOK_EVERY_MS);
    const cpu = () => (notifier?.pid === undefined ? 0 : cpuSeconds(notifier.pid));
    const [began, cpuBefore] = [performance.now(), cpu()];
    const times = await storm(submitter, command, notifications);
    const wholeMs = performance.now() - began;
    const notifierCpuMs = 1_000 * (cpu() - cpuBefore);
    const kept = readdirSync(join(folder, "spool")).filter((name) => name.endsWith(".entry")).length;
    if (kept !== WARMING + notifications) throw new Error(`${kept} are kept, not ${WARMING + notifications}`);
    return { wholeMs, each: percentiles(times), notifierCpuMs };
  } finally {
    await submitter.stop();
    for (const child of running) if (child.exitCode === null) await end(child, "SIGTERM");
    await gearmand.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function prepare(folder: string, program: string): Promise<void> {
  symlinkSync(program, join(folder, "omd-worker"));
  mkdirSync(join(folder, "spool"), { mode: 0o700 });
  writeFileSync(join(folder, "key"), "k".repeat(32), { mode: 0o600 });
  const lines = [
    ...[`site=http://127.0.0.1:${await freePort()}`, "email=bot@example.org", `api_key_file=${folder}/key`],
    ...["stream=icinga", `spool=${folder}/spool`, `logfile=${folder}/notifier.log`],
  ];
  writeFileSync(join(folder, "zulip.conf"), lines.join("\n"));
}

function workerWords(folder: string, port: number, way: Way): readonly string[] {
  return [
    ...[`server=127.0.0.1:${port}`, "encryption=no", "notifications=yes", "max-worker=20"],
    ...["control_socket=no", `logfile=${join(folder, "worker.log")}`],
    ...(way === "started" ? ["native_checks_except=omd-worker"] : []),
  ];
}

async function connect(port: number): Promise<Submitter> {
  const connected = Promise.withResolvers<void>();
  const submitter = new Submitter({
    server: { host: "127.0.0.1", port },
    log: QUIET,
    onState: (state) => state === "connected" && connected.resolve(),
  });
  submitter.start();
  await connected.promise;
  return submitter;
}

/** Submits all at once, as jobs whose completion is told. Returns how long each took. */
function storm(submitter: Submitter, command: string, count: number): Promise<readonly number[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, at) => {
      const words = `NOTIFICATIONTYPE=PROBLEM HOSTNAME=web1 SERVICEDESC=s${at} SERVICESTATE=CRITICAL SERVICEOUTPUT='alert ${at}'`;
      const workload = seal(`type=notification\ncommand_line=${command} ${words}\n\n`);
      const began = performance.now();
      await submitter.request({ queue: "notification", unique: "", workload }, { timeoutMs: TIMEOUT_MS });
      return performance.now() - began;
    }),
  );
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
