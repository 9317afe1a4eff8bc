import type { FigureName } from "../measuring/figures.ts";
import { measureIdle } from "../measuring/measure-idle.ts";
import { measureLoad } from "../measuring/measure-load.ts";
import { measurePart } from "../measuring/measure-part.ts";
import { measureRegister } from "../measuring/measure-register.ts";
import { measureSite } from "../measuring/measure-site.ts";
import { measureStart } from "../measuring/measure-start.ts";
import { measureViewers } from "../measuring/measure-viewers.ts";
import type { Measure } from "../measuring/measurement.ts";
import { HARM_LINES } from "./harm.ts";
import { IDLE_LINES } from "./idle.ts";
import { LATENCY_LINES } from "./latency.ts";
import type { Line } from "./line.ts";
import { NATIVE_LINES } from "./native-checks.ts";
import { METRICS_LINES, NULL_LINES, SPOOL_LINES, STEADY_LINES } from "./null-jobs.ts";
import { PLUGIN_START_LINES } from "./plugin-starts.ts";
import { SITE_LINES } from "./site.ts";
import { SITE_PART_LINES } from "./site-parts.ts";
import { SLOW_NAMES_LINES } from "./slow-names.ts";
import { STORM_LINES } from "./storms.ts";
import { VIEWERS_LINES } from "./viewers.ts";
import { REGISTER_LINES, START_LINES } from "./worker-start.ts";

/** What is measured of each worker, and which figures are shown. */
export interface Scenario {
  readonly name: string;
  readonly about: string;
  readonly lines: readonly Line[];
  readonly measure: Measure;
  readonly columns: readonly FigureName[];
  readonly charts: readonly FigureName[];
  /** The lines are compared with one another, so each repetition runs all of them. */
  readonly linesTakeTurns?: true;
}

const LATENCIES = ["p50Ms", "p95Ms", "p99Ms", "maxMs"] as const;
const SITE_COSTS = ["cores", "gearmandCores"] as const;
const LATER = ["laterCores", "laterGearmandCores", "laterP50Ms", "laterP99Ms", "laterPssMiB"] as const;
const SHARES = ["insidePercent", "warmPercent", "startedPercent"] as const;
const LOOP = ["loopP99Ms", "loopMaxMs"] as const;
const COST = ["cpuMsPerCheck", "gearmandMsPerCheck", "pssMiB", "peakMiB"] as const;

const OPEN_LOAD = {
  measure: measureLoad,
  columns: ["checksPerSecond", ...LATENCIES, ...LOOP, ...COST],
  charts: ["p50Ms", "p95Ms", "p99Ms", "cpuMsPerCheck"],
} as const satisfies Partial<Scenario>;

const BURSTS: Scenario = {
  name: "lines",
  about: "what starting a plugin costs",
  lines: PLUGIN_START_LINES,
  measure: measureLoad,
  columns: ["checksPerSecond", "seconds", ...COST],
  charts: ["checksPerSecond", "cpuMsPerCheck"],
};

export const SCENARIOS: readonly Scenario[] = [
  BURSTS,
  {
    name: "latency",
    about: "250 jobs a second, from submission to result",
    lines: LATENCY_LINES,
    ...OPEN_LOAD,
  },
  {
    name: "idle",
    about: "a worker that has nothing to do",
    lines: IDLE_LINES,
    measure: measureIdle,
    columns: ["wakeUpsPerSecond", "cpuMsPerSecond", "gearmandMsPerSecond", "processes", "pssMiB"],
    charts: ["wakeUpsPerSecond", "cpuMsPerSecond", "pssMiB"],
  },
  {
    name: "nulljobs",
    about: "checks answered inside the worker, 20,000 a second and all at once",
    lines: NULL_LINES,
    measure: measureLoad,
    columns: ["checksPerSecond", "submitsPerSecond", ...COST],
    charts: ["checksPerSecond", "cpuMsPerCheck", "gearmandMsPerCheck"],
  },
  {
    name: "steady",
    about: "check_dummy answered inside the worker, 200 a second, taken in groups so long apart",
    lines: STEADY_LINES,
    measure: measureLoad,
    columns: ["cpuMsPerCheck", "gearmandMsPerCheck", "wakeUpsPerCheck", ...LATENCIES],
    charts: ["cpuMsPerCheck", "gearmandMsPerCheck", "p50Ms", "p99Ms"],
    linesTakeTurns: true,
  },
  {
    name: "spool",
    about: "check_dummy answered inside the worker, without result_spool and with it",
    lines: SPOOL_LINES,
    measure: measureLoad,
    columns: ["checksPerSecond", ...COST, "wakeUpsPerCheck"],
    charts: ["cpuMsPerCheck"],
    linesTakeTurns: true,
  },
  {
    name: "metrics",
    about: "check_dummy answered inside the worker, without metrics, with them, and with the status page",
    lines: METRICS_LINES,
    measure: measureLoad,
    columns: ["checksPerSecond", ...COST],
    charts: ["cpuMsPerCheck"],
    linesTakeTurns: true,
  },
  {
    name: "native",
    about: "checks answered in the worker, and the same command lines executed",
    lines: NATIVE_LINES,
    measure: measureLoad,
    columns: ["checksPerSecond", ...COST],
    charts: ["checksPerSecond", "cpuMsPerCheck"],
  },
  {
    name: "site",
    about: "1,750 hosts and 11,000 services, each once a minute",
    lines: SITE_LINES,
    measure: measureSite,
    columns: [...SITE_COSTS, ...LATER, "checksPerSecond", ...LATENCIES, ...SHARES, "pssMiB", "peakMiB"],
    charts: [...SITE_COSTS, ...LATER, "p50Ms", "p99Ms"],
  },
  {
    name: "site-parts",
    about: "what each kind of a site's checks adds to a worker that is awake anyway",
    lines: SITE_PART_LINES,
    measure: measurePart,
    columns: ["partMsPerCheck", "siteCores", "cpuMsPerCheck", "pssMiB"],
    charts: ["partMsPerCheck", "siteCores"],
  },
  {
    name: "storms",
    about: "100 quick checks a second, and beside them many of one kind at once",
    lines: STORM_LINES,
    measure: measureLoad,
    columns: [
      "p50Ms",
      "p99Ms",
      "maxMs",
      ...LOOP,
      "stormSeconds",
      "cpuMsPerCheck",
      "pssMiB",
      "idlePssMiB",
      "peakMiB",
    ],
    charts: ["p50Ms", "p99Ms", "stormSeconds", "pssMiB"],
  },
  {
    name: "harm",
    about: "200 quick checks a second, and beside them a site's check that exits, loops or eats memory",
    lines: HARM_LINES,
    ...OPEN_LOAD,
  },
  {
    name: "slow-names",
    about: "checks of names: 100 new ones a second, 50 ms away, and quick checks beside silent and slow ones",
    lines: SLOW_NAMES_LINES,
    ...OPEN_LOAD,
  },
  {
    name: "viewers",
    about: "200 jobs a second, with twenty viewers of the status page in turns with none",
    lines: VIEWERS_LINES,
    measure: measureViewers,
    columns: ["cores", "viewedCores", "coresPerViewer", "p99Ms", "viewedP99Ms"],
    charts: ["cores", "viewedCores", "coresPerViewer"],
  },
  {
    name: "start",
    about: "omd-worker version and omd-worker top --version, in turn with node -e 0",
    lines: START_LINES,
    measure: measureStart,
    columns: ["startMs", "startCpuMs", "nodeMs", "nodeCpuMs", "timesNode", "timesNodeCpu"],
    charts: ["startMs", "startCpuMs", "timesNode", "timesNodeCpu"],
  },
  {
    name: "register",
    about: "from the start of a worker until it is registered at gearmand",
    lines: REGISTER_LINES,
    measure: measureRegister,
    columns: ["startMs", "startCpuMs"],
    charts: ["startMs", "startCpuMs"],
  },
];

/** Lines that are offered at a rate instead of all at once have latencies to show. */
export function atRate(scenario: Scenario): Scenario {
  return scenario === BURSTS ? { ...scenario, ...OPEN_LOAD } : scenario;
}
