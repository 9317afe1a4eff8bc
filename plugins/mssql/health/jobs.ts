import { CRITICAL, OK, WARNING } from "../../../sdk/index.ts";
import { toInteger, toNumber } from "../glplugin/perl.ts";
import { protect } from "../glplugin/state-files.ts";
import { type ModeContext, type Row, required } from "./context.ts";
import { shortenIfAsked } from "./counters.ts";

/** Minutes. */
const LOOKBACK = 30;

interface Job {
  readonly name: string;
  /** Times of the server, all in its own zone. */
  readonly now: string | null;
  readonly seconds: string | null;
  readonly start: string | null;
  readonly status: string;
  readonly message: string | null;
  readonly frequency: string | null;
}

export async function failedJobs(context: ModeContext): Promise<void> {
  const { questions, request, result } = context;
  const minutes = Number(request.lookback ?? LOOKBACK);
  const rows = await questions.rows(await buildQuery(context));
  const jobs = rows
    .map(readJob)
    .filter(({ name }) => request.matchesName(name))
    .filter((job) => isInScope(job, minutes));
  for (const job of jobs) await judgeJob(job, context);
  if (jobs.length === 0) result.add(OK, `no jobs finished within the last ${minutes} minutes`);
  shortenIfAsked(context);
}

function readJob([name, now, seconds, start, status, message, frequency]: Row): Job {
  const texts = { now: now ?? null, seconds: seconds ?? null, start: start ?? null };
  return {
    name: required(name),
    ...texts,
    status: required(status),
    message: message ?? null,
    frequency: frequency ?? null,
  };
}

/** Jobs that are under way or have never run, and others for a while after their end. */
function isInScope({ status, now, start, seconds }: Job, minutes: number): boolean {
  if (["Running", "Retry", "DidNeverRun"].includes(status)) return true;
  const [began, present] = [readTime(start), readTime(now)];
  if (began === undefined || seconds === null) return true;
  return began + toNumber(seconds) + minutes * 60 >= (present ?? Date.now() / 1000);
}

function readTime(text: string | null): number | undefined {
  const [, ...parts] = /^(\d{4})-(\d{2})-(\d{2})\s+(\d{2}):(\d{2}):(\d{2})/.exec(text ?? "") ?? [];
  const [year = 0, month = 1, day, hour, minute, second] = parts.map(Number);
  return parts.length === 0 ? undefined : Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
}

async function judgeJob(job: Job, context: ModeContext): Promise<void> {
  const { result } = context;
  const { name, status, message, start } = job;
  switch (status) {
    case "Failed":
      result.add(CRITICAL, `${name} failed at ${required(start)}: ${required(message)}`);
      return;
    case "Retry":
    case "Canceled":
      result.add(WARNING, `${name} ${status}: ${required(message)}`);
      return;
    case "DidNeverRun":
      result.add(OK, `${name} did never run`);
      return;
    default:
      await judgeRuntime(job, context);
      return;
  }
}

/** Jobs that run as long as the agent does. */
const ENDLESS = /^cdc\..+_capture$/;
const WITH_THE_AGENT = "64";

async function judgeRuntime(job: Job, { result, files }: ModeContext): Promise<void> {
  const { name, status, frequency } = job;
  const isOfAgent = frequency !== null && toNumber(frequency) === Number(WITH_THE_AGENT);
  if (status === "Running" && (isOfAgent || ENDLESS.test(name))) {
    const why = isOfAgent ? "auto-start" : "ignore-list";
    result.add(OK, `${name} is intentionally long-running (${why})`);
    return;
  }
  const label = `job_${name}_runtime`;
  const key = "lastrundurationseconds";
  const told = required(job.seconds);
  const value = mayHaveChangedClocks(new Date())
    ? ((await protect(files, { name: label, key, value: told, isPossible: (seconds) => seconds >= 0 })) ?? "")
    : told;
  result.thresholds.set({ warning: "60", critical: "300" }, label);
  const text = `job ${name} ran for ${toInteger(String(value))} seconds (started ${required(job.start)})`;
  result.add(result.thresholds.check(toNumber(value), label), text);
  result.addPerfdata({ label, value, unit: "s" });
}

/** Days around which clocks are changed in Europe and America: months from 0, days from 1. */
const CHANGES: readonly (readonly [number, number])[] = [
  [2, 15],
  [2, 28],
  [9, 28],
  [10, 5],
];
const WEEK_MS = 604_800_000;

/** A job seems to have run for less than nothing then, so the plugin does not believe it. */
function mayHaveChangedClocks(now: Date): boolean {
  return CHANGES.some(([month, day]) => {
    const change = new Date(now.getFullYear(), month, day, 12);
    return now.getMonth() === month && Math.abs(now.getTime() - change.getTime()) <= WEEK_MS;
  });
}

const RIGHTS =
  "SELECT HAS_PERMS_BY_NAME('msdb.dbo.sysjobactivity', 'OBJECT', 'SELECT'), HAS_PERMS_BY_NAME('msdb.dbo.sysschedules', 'OBJECT', 'SELECT')";

const STARTED =
  "CONVERT(varchar(30), CAST(CAST(h.run_date AS char(8)) + ' ' + STUFF(STUFF(RIGHT('000000' + CAST(h.run_time AS varchar(6)), 6), 3, 0, ':'), 6, 0, ':') AS datetime), 120)";
/** `run_duration` has hours, minutes and seconds as digits. */
const LASTED = "h.run_duration / 10000 * 3600 + h.run_duration / 100 % 100 * 60 + h.run_duration % 100";
const STATUS =
  "WHEN h.run_status = 0 THEN 'Failed' WHEN h.run_status = 1 THEN 'Succeeded' WHEN h.run_status = 2 THEN 'Retry' WHEN h.run_status = 3 THEN 'Canceled' WHEN h.run_status = 4 THEN 'Running' ELSE 'DidNeverRun'";
const RUNS_NOW = "a.start_execution_date IS NOT NULL AND a.stop_execution_date IS NULL";

/** What is under way, and with the agent, is known to users who may read the tables of it. */
async function buildQuery({ questions }: ModeContext): Promise<string> {
  const [activity, schedules] = (await questions.row(RIGHTS)).map((right) => right !== null && right !== "0");
  const unless = (now: string, otherwise: string) =>
    activity ? `CASE WHEN ${RUNS_NOW} THEN ${now} ELSE ${otherwise} END` : otherwise;
  const columns = [
    "j.name",
    "CONVERT(varchar(30), CURRENT_TIMESTAMP, 120)",
    unless("DATEDIFF(second, a.start_execution_date, CURRENT_TIMESTAMP)", LASTED),
    unless("CONVERT(varchar(30), a.start_execution_date, 120)", STARTED),
    unless("'Running'", `CASE ${STATUS} END`),
    unless("NULL", "h.message"),
    schedules ? "s.freq_type" : "NULL",
  ];
  const from = [
    "FROM msdb.dbo.sysjobs AS j",
    "OUTER APPLY (SELECT TOP 1 run_date, run_time, run_status, run_duration, message FROM msdb.dbo.sysjobhistory WHERE job_id = j.job_id AND step_id = 0 ORDER BY run_date DESC, run_time DESC) AS h",
    ...(schedules
      ? [
          "OUTER APPLY (SELECT MIN(one.freq_type) AS freq_type FROM msdb.dbo.sysjobschedules AS its JOIN msdb.dbo.sysschedules AS one ON one.schedule_id = its.schedule_id WHERE its.job_id = j.job_id) AS s",
        ]
      : []),
    ...(activity
      ? [
          "LEFT JOIN (SELECT job_id, start_execution_date, stop_execution_date FROM msdb.dbo.sysjobactivity WHERE session_id = (SELECT MAX(session_id) FROM msdb.dbo.sysjobactivity)) AS a ON a.job_id = j.job_id",
        ]
      : []),
  ];
  return `SELECT ${columns.join(", ")} ${from.join(" ")} ORDER BY j.name`;
}
