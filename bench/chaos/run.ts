import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { ChaosCore } from "./core.ts";
import { writeLedgerPlugin } from "./ledger.ts";
import { type Disturbance, planDisturbances } from "./plan.ts";
import { ChaosServer, type ServerStarts } from "./server.ts";
import { Subject } from "./subject.ts";
import type { Protection } from "./variants.ts";
import { type ArrivedResult, type Happenings, judgeChaos, type Verdict } from "./verdict.ts";

export interface ChaosOptions {
  readonly template: readonly string[];
  readonly seed: number;
  readonly seconds: number;
  readonly jobs: number;
  /** Leaves the ledger and the logs. */
  readonly keep?: boolean;
  readonly protection?: Protection;
  readonly tell?: (line: string) => void;
}

export interface ChaosRun extends Verdict {
  readonly disturbances: number;
  /** Of both workers together. */
  readonly peakMiB: number;
  readonly serverStarts: ServerStarts;
}

const WORKERS = 2;
const TICK_MS = 20;
const LOOK_MS = 1_000;
/** When no result has come for so long after the last disturbance, what is missing is lost. */
const GIVE_UP_MS = 45_000;
/** One job in ten takes half a second, so that always some run when something dies. */
const SLOW = 10;

/** Two starts of a worker, and a gearmand that keeps its jobs, under a load and a plan of disturbances. */
export async function runChaos(options: ChaosOptions): Promise<ChaosRun> {
  const { template, seed, seconds, jobs, keep = false, protection = {}, tell = () => {} } = options;
  await using stack = new AsyncDisposableStack();
  // In memory: programs die here, no machine.
  const folder = mkdtempSync(join("/dev/shm", "omd-chaos-"));
  const spools = mkdtempSync(join(tmpdir(), "omd-chaos-"));
  if (keep) tell(`kept: ${folder} ${spools}`);
  else
    stack.defer(() =>
      [folder, spools].forEach((each) => void rmSync(each, { recursive: true, force: true })),
    );
  const server = stack.use(await ChaosServer.start(join(folder, "queue.db"), tell, protection.pki));
  const { port } = server;
  const ledger = writeLedgerPlugin(folder);
  const subjects = Array.from({ length: WORKERS }, (_, number) => {
    mkdirSync(join(spools, `worker-${number}`), { mode: 0o700 });
    return stack.use(new Subject({ number, template, port, folder: spools }));
  });
  for (const subject of subjects) subject.start();
  const commandOf = (job: number) => `${ledger.plugin} ${job} ${job % SLOW === 0 ? "0.5" : "0"}`;
  const core = stack.use(new ChaosCore({ port, commandOf, prefix: `chaos-${process.pid}`, protection }));
  // Also of a run that comes to no end.
  if (keep) stack.defer(() => writeResults(join(folder, "results.jsonl"), core.results));
  const looking = setInterval(() => {
    for (const subject of subjects) subject.look();
  }, LOOK_MS);
  stack.defer(() => clearInterval(looking));

  const plan = planDisturbances({ seed, seconds, workers: WORKERS });
  const begin = performance.now();
  const stage = { begin, server, subjects, tell };
  const disturbed = Map.groupBy(plan, ({ target }) => target);
  await Promise.all([
    submitAll(core, { jobs, seconds }),
    ...disturbed.values().map((own) => disturbInTurn(own, stage)),
  ]);
  await untilQuiet(core, jobs);
  const killed = new Map(subjects.flatMap((subject) => [...subject.killed]));
  const ended = new Map(subjects.flatMap((subject) => [...subject.ended]));
  const stopped = new Map(subjects.flatMap((subject) => [...subject.stopped]));
  const happenings = { killed, ended, stopped, lost: server.lost, away: server.away };
  if (keep) writeFileSync(join(folder, "happenings.json"), renderHappenings(happenings));
  const { results, resubmitted } = core;
  const verdict = judgeChaos({ jobs, results, resubmitted, ...happenings, runs: ledger.read() });
  const peakMiB = subjects.reduce((sum, subject) => sum + subject.peakMiB, 0);
  return { ...verdict, disturbances: plan.length, peakMiB, serverStarts: server.starts };
}

/** In the order in which they came, beside the ledger. */
function writeResults(path: string, results: readonly ArrivedResult[]): void {
  writeFileSync(path, results.map((result) => `${JSON.stringify(result)}\n`).join(""));
}

/** On the clock of the ledger. */
function renderHappenings({ killed, ended, stopped, ...others }: Happenings): string {
  const ofStarts = { killed: [...killed], ended: [...ended], stopped: [...stopped] };
  return `${JSON.stringify({ ...ofStarts, ...others })}\n`;
}

interface Stage {
  readonly begin: number;
  readonly server: ChaosServer;
  readonly subjects: readonly Subject[];
  readonly tell: (line: string) => void;
}

/** On a busy machine a start may take longer than the time to the next disturbance, which waits for it. */
async function disturbInTurn(own: readonly Disturbance[], stage: Stage): Promise<void> {
  for (const each of own) await disturb(each, stage);
}

async function disturb({ atMs, target, harm, ms }: Disturbance, stage: Stage): Promise<void> {
  const { begin, server, subjects, tell } = stage;
  await pause(Math.max(0, begin + atMs - performance.now()));
  const subject = target === "gearmand" ? server : subjects[target];
  if (subject === undefined) return;
  tell(`${(atMs / 1000).toFixed(1)} s: ${harm} ${target === "gearmand" ? target : `worker ${target + 1}`}`);
  switch (harm) {
    case "kill":
      await subject.kill();
      await pause(ms);
      await subject.start();
      break;
    case "stop":
      subject.stop();
      await pause(ms);
      subject.goOn();
      break;
    case "restart":
      await subject.end();
      await subject.start();
      break;
  }
}

/** At an even rate, whatever becomes of them. */
async function submitAll(core: ChaosCore, { jobs, seconds }: Pick<ChaosOptions, "jobs" | "seconds">) {
  const begin = performance.now();
  for (let sent = 0; sent < jobs; await pause(TICK_MS)) {
    const due = Math.min(jobs, Math.ceil(((performance.now() - begin) / (seconds * 1000)) * jobs));
    for (; sent < due; sent++) core.submit(sent);
  }
}

/** Until each job has its result and nothing more comes, or for so long nothing has come. */
async function untilQuiet(core: ChaosCore, jobs: number): Promise<void> {
  for (let last = performance.now(), before = core.results.length; ; await pause(LOOK_MS)) {
    const now = core.results.length;
    if (now > before) last = performance.now();
    const quietMs = performance.now() - last;
    if (quietMs > GIVE_UP_MS || (core.done === jobs && quietMs > 3 * LOOK_MS)) return;
    before = now;
  }
}
