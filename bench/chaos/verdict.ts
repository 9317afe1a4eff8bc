import { readResult } from "../load/payload.ts";
import { answerOf, type LedgerRun } from "./ledger.ts";

/** A result as the core has got it. */
export interface ArrivedResult {
  readonly job: number;
  /** All of it: two runs differ in their times. */
  readonly text: string;
  /** When the worker says that the run began, in seconds since the epoch. */
  readonly startTime: number;
  readonly returnCode: number;
  /** The first line. */
  readonly output: string;
  readonly afterMs: number;
}

export function readArrived(text: string): Omit<ArrivedResult, "afterMs"> {
  const { index: job, returnCode, output } = readResult(text);
  const startTime = Number(/^start_time=(.*)$/m.exec(text)?.[1]);
  return { job, text, startTime, returnCode, output };
}

/** From when to when, in seconds since the machine was started. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What was done while the jobs ran. On a busy machine it takes seconds, and jobs are run meanwhile. */
export interface Happenings {
  /** When each start of a worker was killed, until the last of its processes had ended. */
  readonly killed: ReadonlyMap<string, Span>;
  /** When each start of a worker was told to end, until it had ended. */
  readonly ended: ReadonlyMap<string, Span>;
  /** When each start of a worker stood still. */
  readonly stopped: ReadonlyMap<string, readonly Span[]>;
  /** When connections to the job server were lost, until it had ended. */
  readonly lost: readonly Span[];
  /** When the job server took nothing: from its loss until it answered again, or while it was stopped. */
  readonly away: readonly Span[];
}

export interface Evidence extends Happenings {
  readonly jobs: number;
  readonly results: readonly ArrivedResult[];
  readonly runs: readonly LedgerRun[];
  /** Jobs that the core has submitted again, because gearmand died before it had confirmed them. */
  readonly resubmitted: ReadonlySet<number>;
}

/**
 * Why a job was run once more:
 * - *killed*: the worker that ran it was killed before the next run, so gearmand had to give it away.
 * - *moved*: the job server was away, and gave it to another worker or to a later start.
 * - *left*: the worker that ran it was told to end while the job server could not take the result, and ended.
 * - *resubmitted*: the core has submitted it twice.
 * - *unexplained*: the same start of a worker ran it twice, or nothing had happened.
 */
export type Cause = "killed" | "moved" | "left" | "resubmitted" | "unexplained";

export interface Verdict {
  readonly jobs: number;
  /** Jobs without a result. */
  readonly lost: number;
  /** Jobs of which a result says something else than the plugin: that it was killed, or took too long. */
  readonly wrong: number;
  /** Jobs with a result of which the ledger has no run. */
  readonly neverRun: number;
  /** Jobs with results of several runs. */
  readonly doubled: number;
  /** Jobs of which the same result came more than once. */
  readonly repeated: number;
  /** Jobs whose last result, be it a copy, is not that of the latest run of which there is one. */
  readonly outdated: number;
  /** Jobs whose first result came later than a minute after they were submitted. */
  readonly late: number;
  readonly slowestMs: number;
  readonly runAgain: Readonly<Record<Cause, number>>;
}

const LATE_MS = 60_000;
/** The resolution of /proc/uptime, and the time from there to the ledger. */
const SLACK = 0.1;
/**
 * A worker has taken jobs that wait for a slot. It may start one so long after the connection was lost, or
 * after it goes on, if it stood still then.
 */
const TAKEN = 1;

export function judgeChaos(evidence: Evidence): Verdict {
  const { jobs, results, runs } = evidence;
  const byJob = Map.groupBy(results, ({ job }) => job);
  const all = [...byJob.values()];
  const run = new Set(runs.map(({ job }) => job));
  const again = [...Map.groupBy(runs, ({ job }) => job).values()].flatMap((own) => causesOf(own, evidence));
  const first = all.map((own) => own[0]?.afterMs ?? 0);
  return {
    jobs,
    lost: jobs - byJob.size,
    wrong: count(all, (own) => own.some(isWrong)),
    neverRun: count(all, (own) => own.some(({ job }) => !run.has(job))),
    doubled: count(all, (own) => distinct(own).length > 1),
    repeated: count(all, (own) => distinct(own).length < own.length),
    outdated: count(all, isOutdated),
    late: count(first, (ms) => ms > LATE_MS),
    slowestMs: first.reduce((most, ms) => Math.max(most, ms), 0),
    runAgain: {
      killed: count(again, (cause) => cause === "killed"),
      moved: count(again, (cause) => cause === "moved"),
      left: count(again, (cause) => cause === "left"),
      resubmitted: count(again, (cause) => cause === "resubmitted"),
      unexplained: count(again, (cause) => cause === "unexplained"),
    },
  };
}

/**
 * What must be so, whatever was done: each job has a result, all of its results are what the plugin says,
 * and it is run again with a cause only. Where it was run again by another worker, the older result may come
 * last.
 */
export function isSound({ lost, wrong, neverRun, runAgain }: Verdict): boolean {
  return lost === 0 && wrong === 0 && neverRun === 0 && runAgain.unexplained === 0;
}

function isWrong({ job, returnCode, output }: ArrivedResult): boolean {
  return returnCode !== 0 || output !== answerOf(job);
}

function isOutdated(own: readonly ArrivedResult[]): boolean {
  const last = own.at(-1)?.startTime ?? 0;
  return own.some(({ startTime }) => startTime > last);
}

/** Without those that are the same, in the order of their first arrival. */
function distinct(own: readonly ArrivedResult[]): readonly ArrivedResult[] {
  return [...new Map(own.map((result) => [result.text, result])).values()];
}

function causesOf(own: readonly LedgerRun[], happenings: Evidence): readonly Cause[] {
  const runs = own.toSorted((a, b) => a.at - b.at);
  return runs.slice(1).map((next, at) => causeOf(runs[at] ?? next, next, happenings));
}

function causeOf(before: LedgerRun, next: LedgerRun, happenings: Evidence): Cause {
  const { killed, ended, stopped, lost, away, resubmitted } = happenings;
  const isBetween = ({ from, to }: Span) => to >= before.at - SLACK && from <= next.at + SLACK;
  const kill = killed.get(before.start);
  if (kill !== undefined && isBetween(kill)) return "killed";
  const stood = stopped.get(before.start) ?? [];
  const wasTakenBefore = ({ to: lostAt }: Span) => {
    const stop = stood.find(({ from, to }) => from <= lostAt && to > lostAt);
    const at = stop?.to ?? lostAt;
    return lostAt < before.at && at <= before.at + SLACK && at >= before.at - TAKEN;
  };
  if (before.start !== next.start && lost.some((span) => isBetween(span) || wasTakenBefore(span)))
    return "moved";
  const end = ended.get(before.start);
  if (end !== undefined && isBetween(end) && away.some((span) => isBetween(span) && overlap(span, end)))
    return "left";
  return resubmitted.has(next.job) ? "resubmitted" : "unexplained";
}

function overlap(one: Span, other: Span): boolean {
  return one.from <= other.to + SLACK && other.from <= one.to + SLACK;
}

function count<Item>(all: readonly Item[], isSo: (item: Item) => boolean): number {
  return all.filter(isSo).length;
}
