import { setTimeout as pause } from "node:timers/promises";
import type { Gearmand } from "../../test/support/gearman/gearmand.ts";
import { EndlessLoad, type LoadCounts } from "../load/endless-load.ts";
import { prepareLoad } from "../load/prepare-load.ts";
import { readStat } from "../processes/process-tree.ts";
import type { Part } from "../scenarios/line.ts";
import type { Crew } from "./crew.ts";

/** What every phase works with. */
export interface Scene {
  readonly crew: Crew;
  /** The job server that all jobs go to, but for some of the phase silence. */
  readonly gearmand: Gearmand;
  /** Another one, to which all workers are connected, too. */
  readonly second: Gearmand;
  readonly rates: readonly number[];
  readonly seconds: number;
  readonly burst: number;
  /** For how many seconds the second job server hangs in the phase silence. */
  readonly silence: number;
  readonly signal: AbortSignal;
}

/** What a phase has found; a row of the report. */
export interface PhaseRow {
  readonly phase: string;
  readonly jobs: number;
  /** Wrong, second and missing results. */
  readonly wrong: number;
  /** How many each of them are, and the first one. Absent: none. */
  readonly faults?: LoadCounts & { readonly sample: string | undefined };
  /** Workers that did not end within 30 seconds after a TERM. What they ran is run again. */
  readonly killed?: number;
  /** Second results of jobs that a job server gave to another worker, as it had lost the first one. */
  readonly again?: number;
  /** Seconds until the job server that hung knew all workers again. */
  readonly registeredAfter?: number;
  readonly seconds: number;
  /** CPU time of gearmand: a second's, and a job's. */
  readonly gearmandCores: number;
  readonly gearmandMsPerJob: number;
  /** CPU time of all workers together. Absent in a roll-out, where those that have ended are not counted. */
  readonly workersCores?: number;
  readonly workersMsPerJob?: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  readonly maxMs?: number;
  /** Jobs of the worker with the fewest, of the one in the middle, of the one with the most. */
  readonly share?: { readonly least: number; readonly median: number; readonly most: number };
}

type Phase = (scene: Scene) => Promise<readonly PhaseRow[]>;

const MIX: readonly Part[] = [
  {
    command: "/usr/lib/nagios/plugins/check_dummy 0 ok",
    output: "^OK: ok$",
    share: 1,
    queue: "service",
    isTimed: true,
  },
];
const OBJECTS = 10_000;
const GIVE_UP_MS = 30_000;
const IDLE_SECONDS = 10;
const SETTLE_MS = 2_000;

const PHASES = {
  idle: async (scene) => {
    const clock = startClock(scene.gearmand, scene.crew);
    await pause(IDLE_SECONDS * 1000, undefined, scene);
    return [{ phase: "idle", wrong: 0, ...clock(0) }];
  },
  steady: async (scene) => {
    const rows: PhaseRow[] = [];
    for (const rate of scene.rates) {
      rows.push(
        await underLoad(scene, { phase: `${rate} a second`, rate }, () =>
          pause(scene.seconds * 1000, undefined, scene),
        ),
      );
      await pause(SETTLE_MS, undefined, scene);
    }
    return rows;
  },
  rollout: async (scene) => {
    const rate = scene.rates[0] ?? 1;
    const row = await underLoad(scene, { phase: `roll-out at ${rate} a second`, rate }, () =>
      scene.crew.rollOut(scene.signal),
    );
    const { workersCores: _, workersMsPerJob: __, ...told } = row;
    return [{ ...told, killed: scene.crew.killed }];
  },
  silence,
  burst: async ({ crew, gearmand, burst, signal }) => {
    const load = await prepareLoad(
      { port: gearmand.port, key: undefined, mix: MIX, jobs: burst, rate: undefined },
      signal,
    );
    const clock = startClock(gearmand, crew);
    const { results, wrong, seconds } = await load.run();
    const row = { phase: "all at once", wrong: wrong + burst - results, ...clock(burst) };
    return [{ ...row, seconds }];
  },
} as const satisfies Readonly<Record<string, Phase>>;

export type PhaseName = keyof typeof PHASES;
export const PHASE_NAMES = Object.keys(PHASES) as readonly PhaseName[];

export function isPhaseName(name: string): name is PhaseName {
  return Object.hasOwn(PHASES, name);
}

export function runPhase(name: PhaseName, scene: Scene): Promise<readonly PhaseRow[]> {
  return PHASES[name](scene);
}

/**
 * Both job servers have jobs of one core, and the second one hangs. A worker gives a silent server up after
 * 40 seconds: its results go to the other one then, and the server gives its jobs to others when it goes on.
 */
async function silence(scene: Scene): Promise<readonly PhaseRow[]> {
  const { second, seconds, silence: silent, signal, rates, crew } = scene;
  const rate = Math.ceil((rates[0] ?? 1) / 2);
  using load = await EndlessLoad.open({ ...loadOf(second, rate), firstObject: OBJECTS });
  load.start();
  const thirdMs = (seconds * 1000) / 3;
  const clock = startClock(second, crew);
  let registeredAfter = 0;
  const phase = `one of two hangs for ${silent} s`;
  const other = await underLoad(scene, { phase: `${phase}: the other`, rate, joined: load }, async () => {
    await pause(thirdMs, undefined, { signal });
    second.hang();
    try {
      await pause(silent * 1000, undefined, { signal });
    } finally {
      second.goOn();
    }
    const from = performance.now();
    await crew.untilAllAt(second.port, signal);
    registeredAfter = (performance.now() - from) / 1000;
    await pause(thirdMs, undefined, { signal });
  });
  const counts = await load.finish(GIVE_UP_MS);
  const hung = rowOf(`${phase}: that one`, { counts, load, clock, workers: crew.size });
  return [other, { ...hung, registeredAfter }];
}

async function underLoad(
  { gearmand, crew }: Scene,
  { phase, rate, joined }: { readonly phase: string; readonly rate: number; readonly joined?: EndlessLoad },
  act: () => Promise<void>,
): Promise<PhaseRow> {
  using load = await EndlessLoad.open(loadOf(gearmand, rate));
  if (joined !== undefined) load.joinWith(joined);
  const clock = startClock(gearmand, crew);
  load.start();
  await act();
  const counts = await load.finish(GIVE_UP_MS);
  return rowOf(phase, { counts, load, clock, workers: crew.size });
}

function loadOf({ port }: Gearmand, rate: number) {
  return { port, rate, mix: MIX, key: undefined, objects: OBJECTS };
}

interface Ended {
  readonly counts: LoadCounts;
  readonly load: EndlessLoad;
  readonly clock: Clock;
  readonly workers: number;
}

function rowOf(phase: string, { counts, load, clock, workers }: Ended): PhaseRow {
  const { submitted, wrong, unexpected, waiting, again } = counts;
  const { p50, p99, max } = load.takeLatencies();
  return {
    phase,
    wrong: wrong + unexpected + waiting,
    ...(wrong + unexpected + waiting > 0 && { faults: { ...counts, sample: load.sample } }),
    ...(again !== undefined && { again }),
    ...clock(submitted),
    p50Ms: p50,
    p99Ms: p99,
    maxMs: max,
    share: shareOf([...load.bySource.values()], workers),
  };
}

type Clock = (jobs: number) => Omit<PhaseRow, "phase" | "wrong">;

function startClock({ pid }: Gearmand, crew: Pick<Crew, "cpuMs">): Clock {
  const usedMs = () => [readStat(pid)?.cpuMs ?? Number.NaN, crew.cpuMs] as const;
  const before = usedMs();
  const startMs = performance.now();
  return (jobs) => {
    const after = usedMs();
    const passedMs = performance.now() - startMs;
    const [gearmandMs, workersMs] = [after[0] - before[0], after[1] - before[1]];
    return {
      jobs,
      seconds: passedMs / 1000,
      gearmandCores: gearmandMs / passedMs,
      workersCores: workersMs / passedMs,
      gearmandMsPerJob: jobs === 0 ? 0 : gearmandMs / jobs,
      workersMsPerJob: jobs === 0 ? 0 : workersMs / jobs,
    };
  };
}

/** A worker that has given no result is not among the sources. */
export function shareOf(jobs: readonly number[], workers: number): NonNullable<PhaseRow["share"]> {
  const idle = Array.from({ length: Math.max(0, workers - jobs.length) }, () => 0);
  const sorted = [...idle, ...jobs].toSorted((a, b) => a - b);
  return {
    least: sorted[0] ?? 0,
    median: sorted[Math.floor((sorted.length - 1) / 2)] ?? 0,
    most: sorted.at(-1) ?? 0,
  };
}
