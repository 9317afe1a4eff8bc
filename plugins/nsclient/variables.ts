import { CheckDeclined, CRITICAL, OK, type State, UNKNOWN, WARNING } from "../../sdk/index.ts";
import { atof, atoi, isNumeric, strtoul } from "../libc/number.ts";
import { sprintf } from "../libc/printf.ts";
import { type Ask, Ended, NOT_FETCHED, splitAnswer } from "./agent.ts";
import { answerCounter } from "./counter.ts";
import { judgeAbove, judgeBelow, judgeEither, type NtAnswer, percentOf } from "./judge.ts";
import { type NtRequest, VARIABLES, type Variable } from "./options.ts";

type Answer = (request: NtRequest, ask: Ask) => Promise<NtAnswer>;

export const ANSWERS: Readonly<Record<Variable, Answer>> = {
  CLIENTVERSION: answerVersion,
  CPULOAD: answerLoad,
  UPTIME: answerUptime,
  USEDDISKSPACE: answerDisk,
  SERVICESTATE: answerStates,
  PROCSTATE: answerStates,
  MEMUSE: answerMemory,
  COUNTER: answerCounter,
  FILEAGE: answerAge,
  INSTANCES: answerInstances,
};

async function answerVersion({ parameters }: NtRequest, ask: Ask): Promise<NtAnswer> {
  const version = await ask(VARIABLES.CLIENTVERSION);
  if (parameters === undefined || parameters === version) return { state: OK, text: version };
  return { state: WARNING, text: `Wrong client version - running: ${version}, required: ${parameters}` };
}

const MAX_MINUTES = 17_280n;

async function answerLoad({ parameters }: NtRequest, ask: Ask): Promise<NtAnswer> {
  if (parameters === undefined) return { state: UNKNOWN, text: "missing -l parameters" };
  const parts = parameters.split(",").filter((part) => part !== "");
  if (!parts.every(isNumeric)) return { state: UNKNOWN, text: "wrong -l parameter." };
  const numbers = parts.map((part) => strtoul(part).value);
  let [text, perfdata, state]: [string, string, State] = ["CPU Load", " ", OK];
  for (let at = 0; ; at += 3) {
    const [minutes = 0n, warning = 0n, critical = 0n] = numbers.slice(at, at + 3);
    const isPercent = (limit: bigint) => limit > 0n && limit <= 100n;
    if (minutes === 0n || minutes > MAX_MINUTES || !isPercent(warning) || !isPercent(critical)) break;
    const load = strtoul(await ask(VARIABLES.CPULOAD, String(minutes))).value;
    if (load >= critical) state = CRITICAL;
    else if (load >= warning && state === OK) state = WARNING;
    text += ` ${load}% (${minutes} min average)`;
    perfdata += ` '${minutes} min avg Load'=${load}%;${warning};${critical};0;100`;
  }
  return perfdata === " "
    ? { state, text: "not enough values for -l parameters" }
    : { state, text, perfdata };
}

const UNITS: Readonly<Record<string, bigint>> = { seconds: 1n, minutes: 60n, hours: 3_600n, days: 86_400n };

async function answerUptime(request: NtRequest, ask: Ask): Promise<NtAnswer> {
  const { parameters = "minutes" } = request;
  const unit = Object.hasOwn(UNITS, parameters) ? UNITS[parameters] : undefined;
  if (unit === undefined) return { state: UNKNOWN, text: "wrong -l argument" };
  const seconds = strtoul(await ask(VARIABLES.UPTIME)).value;
  const days = BigInt.asUintN(32, seconds / 86_400n);
  const [hours, minutes] = [(seconds % 86_400n) / 3_600n, (seconds % 3_600n) / 60n];
  const uptime = seconds / unit;
  const text = `System Uptime - ${days} day(s) ${hours} hour(s) ${minutes} minute(s) |uptime=${uptime}`;
  return { state: judgeBelow(uptime, request), text };
}

const GIGABYTE = 1_073_741_824;

async function answerDisk(request: NtRequest, ask: Ask): Promise<NtAnswer> {
  const { parameters: drive, warning, critical } = request;
  if (drive === undefined) return { state: UNKNOWN, text: "missing -l parameters" };
  if (drive.length !== 1) return { state: UNKNOWN, text: "wrong -l argument" };
  const [free = 0, total = 0] = splitAnswer(await ask(VARIABLES.USEDDISKSPACE, drive)).map(atof);
  if (!(total > 0 && free >= 0)) return { state: UNKNOWN, text: "Free disk space : Invalid drive" };
  const used = requireNumber(((total - free) / total) * 100);
  const text = sprintf(
    "%s:\\ - total: %.2f Gb - used: %.2f Gb (%.0f%%) - free %.2f Gb (%.0f%%)",
    ...[drive, total / GIGABYTE, (total - free) / GIGABYTE],
    ...[used, free / GIGABYTE, requireNumber((free / total) * 100)],
  );
  const limits = [percentOf(warning, total), percentOf(critical, total)].map((limit) => limit / GIGABYTE);
  const perfdata = sprintf(
    "'%s:\\ Used Space'=%.2fGb;%.2f;%.2f;0.00;%.2f",
    ...[drive, (total - free) / GIGABYTE, ...limits, total / GIGABYTE],
  );
  return { state: judgeAbove(used, request), text, perfdata };
}

async function answerStates(request: NtRequest, ask: Ask): Promise<NtAnswer> {
  const { parameters, variable, showsAll } = request;
  if (parameters === undefined) return { state: UNKNOWN, text: "No service/process specified" };
  const names = parameters.replaceAll(",", "&");
  const said = await ask(VARIABLES[variable], `${showsAll ? "ShowAll" : "ShowFail"}&${names}`);
  const [state, text] = splitAnswer(said);
  if (state === undefined) throw new Ended(UNKNOWN, NOT_FETCHED);
  return { state: atoi(state), text: requirePart(text) };
}

/** C prints what is no number with a sign of its own. */
function requireNumber(percent: number): number {
  if (!Number.isFinite(percent)) throw new CheckDeclined("the agent's numbers have no ratio");
  return percent;
}

/** The plugin reads at address 0 then, and ends with a signal. */
function requirePart(text: string | undefined): string {
  if (text === undefined) throw new CheckDeclined("a part of the agent's answer is missing");
  return text;
}

/** The plugin's own number, which is no power of 2. */
const MEGABYTE = 1_048_567;

async function answerMemory(request: NtRequest, ask: Ask): Promise<NtAnswer> {
  const [limit, committed] = splitAnswer(await ask(VARIABLES.MEMUSE)).map(atof);
  if (limit === undefined || committed === undefined) throw new Ended(UNKNOWN, NOT_FETCHED);
  const used = requireNumber((committed / limit) * 100);
  const free = limit - committed;
  const text = sprintf(
    "Memory usage: total:%.2f MB - used: %.2f MB (%.0f%%) - free: %.2f MB (%.0f%%)",
    ...[limit / MEGABYTE, committed / MEGABYTE, used, free / MEGABYTE, requireNumber((free / limit) * 100)],
  );
  const limits = [request.warning, request.critical].map((each) => percentOf(each, limit) / MEGABYTE);
  const perfdata = sprintf(
    "'Memory usage'=%.2fMB;%.2f;%.2f;0.00;%.2f",
    ...[committed / MEGABYTE, ...limits, limit / MEGABYTE],
  );
  return { state: judgeAbove(used, request), text, perfdata };
}

async function answerAge(request: NtRequest, ask: Ask): Promise<NtAnswer> {
  const { parameters } = request;
  if (parameters === undefined) return { state: UNKNOWN, text: "No counter specified" };
  const parts = splitAnswer(await ask(VARIABLES.FILEAGE, parameters.replaceAll(",", "&")));
  const minutes = BigInt.asUintN(64, BigInt(atoi(requirePart(parts[0]))));
  return { state: judgeEither(minutes, request), text: requirePart(parts[1]) };
}

async function answerInstances({ parameters }: NtRequest, ask: Ask): Promise<NtAnswer> {
  if (parameters === undefined) return { state: UNKNOWN, text: "No counter specified" };
  return { state: OK, text: await ask(VARIABLES.INSTANCES, parameters) };
}
