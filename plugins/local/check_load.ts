import {
  CheckDeclined,
  type CheckOutput,
  CRITICAL,
  defineCheck,
  flag,
  OK,
  option,
  STATE_NAMES,
  type State,
  text,
  WARNING,
  words,
} from "../../sdk/index.ts";
import { atoi, strtod } from "../libc/number.ts";
import { sprintf } from "../libc/printf.ts";
import { MACHINE_FILES } from "./machine-files.ts";

/** The averages of 1, 5 and 15 minutes. */
type Three = readonly [number, number, number];

const MINUTES = [1, 5, 15] as const;
const NONE: Three = [0, 0, 0];

export const checkLoad = defineCheck({
  name: "check_load",
  summary: "the load of the machine that the worker runs on",
  replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
  options: {
    warning: option("-w, --warning=LOAD1,LOAD5,LOAD15", "loads that are a warning", readLoads, {
      default: NONE,
    }),
    critical: option("-c, --critical=LOAD1,LOAD5,LOAD15", "loads that are critical", readLoads, {
      default: NONE,
    }),
    perCpu: flag("-r, --percpu", "divide by the number of CPUs"),
    processes: text("-n, --procs-to-show=NUMBER", "processes to show", { default: "0" }),
    words: words("WORD", "not used"),
  },
  accept: ({ warning, critical, processes }, given) =>
    given.length > 0 &&
    atoi(processes) <= 0 &&
    warning.every((load, at) => load >= 0 && load <= (critical[at] ?? 0)),

  run({ warning, critical, perCpu }, { shared }) {
    const files = shared(MACHINE_FILES);
    const loads = readLoadavg(files.read("/proc/loadavg"));
    const limits = { warning, critical };
    if (!perCpu) return answerLoad(loads, limits);
    const cpus = countCpus(files.read("/sys/devices/system/cpu/online"));
    return answerScaled(loads, cpus, limits);
  },
});

interface Limits {
  readonly warning: Three;
  readonly critical: Three;
}

function answerLoad(loads: Three, limits: Limits): CheckOutput {
  const state = judge(loads, limits);
  const perfdata = MINUTES.map((minutes, at) => `load${minutes}=${renderValue(loads, limits, at)};0; `);
  return render(state, renderLoads("total", loads), perfdata);
}

/** `-r`: the thresholds are for one CPU. */
function answerScaled(loads: Three, cpus: number, limits: Limits): CheckOutput {
  const scaled: Three = [loads[0] / cpus, loads[1] / cpus, loads[2] / cpus];
  const perfdata = MINUTES.map(
    (minutes, at) =>
      `load${minutes}=${sprintf("%.3f", loads[at] ?? 0)};;;0; scaled_load${minutes}=${renderValue(scaled, limits, at)};0; `,
  );
  const text = `${renderLoads("scaled", scaled)} - ${renderLoads("total", loads)}`;
  return render(judge(scaled, limits), text, perfdata);
}

function judge(loads: Three, { warning, critical }: Limits): State {
  if (loads.some((load, at) => load > (critical[at] ?? 0))) return CRITICAL;
  return loads.some((load, at) => load > (warning[at] ?? 0)) ? WARNING : OK;
}

function render(state: State, text: string, perfdata: readonly string[]): CheckOutput {
  return { returnCode: state, output: `LOAD ${STATE_NAMES[state]} - ${text}|${perfdata.join("")}\n` };
}

function renderLoads(kind: string, loads: Three): string {
  return sprintf(`${kind} load average: %.2f, %.2f, %.2f`, ...loads);
}

function renderValue(loads: Three, { warning, critical }: Limits, at: number): string {
  return sprintf("%.3f;%.3f;%.3f", loads[at] ?? 0, warning[at] ?? 0, critical[at] ?? 0);
}

/**
 * Reads thresholds as the plugin does: any character may stand between the numbers, and the last number
 * stands for those that are missing. Undefined: the plugin has to answer.
 */
function readLoads(given: string): Three | undefined {
  const loads = [0, 0, 0];
  let rest = given;
  let at = 0;
  for (; at < loads.length; at += 1) {
    const { value, rest: after } = strtod(rest);
    loads[at] = value;
    if (after === rest) break;
    rest = after.slice(1);
    if (rest === "") break;
  }
  if ((at === 0 && strtod(given).rest === given) || loads.some((load) => !Number.isFinite(load)))
    return undefined;
  if (at < 2) loads.fill(loads[at] ?? 0, at);
  const [first = 0, second = 0, third = 0] = loads;
  return [first, second, third];
}

function readLoadavg(text: string): Three {
  const [first, second, third] = text.split(" ").map(Number);
  if (
    first === undefined ||
    second === undefined ||
    third === undefined ||
    Number.isNaN(first + second + third)
  )
    throw new CheckDeclined("/proc/loadavg has another form");
  return [first, second, third];
}

/** `0-3,6` are five. */
function countCpus(text: string): number {
  const ranges = text.trim().split(",");
  if (!ranges.every((range) => /^[0-9]+(?:-[0-9]+)?$/.test(range)))
    throw new CheckDeclined("the list of CPUs has another form");
  return ranges.reduce((sum, range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return sum + last - first + 1;
  }, 0);
}
