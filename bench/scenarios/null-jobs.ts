import { tmpdir } from "node:os";
import { join } from "node:path";
import { DUMMY } from "./commands.ts";
import { type Line, only } from "./line.ts";

const NULL = { mix: only(DUMMY), warmUp: 2000, own: ["--native_checks=on"] } as const;

const METRICS = [...NULL.own, "--prometheus_server=127.0.0.1:0"];

/** The scenario `metrics`: what counting adds to a job that costs little itself. */
export const METRICS_LINES: readonly Line[] = [
  { name: "metrics-off", jobs: 40_000, ...NULL, isOwnOnly: true },
  { name: "metrics-on", jobs: 40_000, ...NULL, own: [...METRICS, "--status_page=off"], isOwnOnly: true },
  { name: "metrics-page", jobs: 40_000, ...NULL, own: [...METRICS, "--status_page=on"], isOwnOnly: true },
];

const SPOOL = [...NULL.own, `--result_spool=${join(tmpdir(), "omd-bench-spool")}`];

/** The scenario `spool`: what result_spool adds while all results are taken at once. */
export const SPOOL_LINES: readonly Line[] = [
  { name: "steady-without", jobs: 12_000, rate: 200, ...NULL, isOwnOnly: true },
  { name: "steady-with", jobs: 12_000, rate: 200, ...NULL, own: SPOOL, isOwnOnly: true },
  { name: "burst-without", jobs: 40_000, ...NULL, isOwnOnly: true },
  { name: "burst-with", jobs: 40_000, ...NULL, own: SPOOL, isOwnOnly: true },
];

/** The scenario `steady`: jobs come one by one all the time, and are taken in groups so long apart. */
export const STEADY_LINES: readonly Line[] = [
  { name: "steady-default", jobs: 12_000, rate: 200, ...NULL },
  ...[0, 5, 15, 30].map((ms) => ({
    name: `steady-${ms}ms`,
    jobs: 12_000,
    rate: 200,
    ...NULL,
    own: [...NULL.own, `--grab_interval=${ms}`],
    isOwnOnly: true as const,
  })),
];

/** The scenario `nulljobs`: what a job costs when no process is started for it. */
export const NULL_LINES: readonly Line[] = [
  { name: "null-burst", jobs: 40_000, ...NULL },
  { name: "null-offered", jobs: 60_000, rate: 20_000, ...NULL },
];
