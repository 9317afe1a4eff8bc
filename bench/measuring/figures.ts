interface Figure {
  readonly title: string;
  readonly digits: number;
  /** It is shown with its range, and with its ratio to the base. */
  readonly isKey: boolean;
}

/** Every figure a measurement may have. CPU is that of the worker and every process it starts. */
export const FIGURES = {
  checksPerSecond: { title: "checks/s", digits: 0, isKey: true },
  /** From the first result to the last. */
  seconds: { title: "first to last s", digits: 2, isKey: false },
  cpuMsPerCheck: { title: "CPU ms/check", digits: 3, isKey: true },
  /** gearmand also takes the jobs from the load, and gives it the results. */
  gearmandMsPerCheck: { title: "gearmand ms/check", digits: 3, isKey: true },
  /** CPU seconds per second, at the rate the jobs are offered. */
  cores: { title: "cores", digits: 3, isKey: true },
  /** The same while viewers look at the status page, and what each of them adds. */
  viewedCores: { title: "cores, viewed", digits: 3, isKey: true },
  coresPerViewer: { title: "cores/viewer", digits: 5, isKey: true },
  /** What one check adds to a worker that is awake anyway, and what that is at the rate of a site. */
  partMsPerCheck: { title: "adds ms/check", digits: 3, isKey: true },
  siteCores: { title: "cores of the site", digits: 4, isKey: true },
  gearmandCores: { title: "gearmand cores", digits: 3, isKey: true },
  /** Latency: from submission to result. */
  p50Ms: { title: "p50 ms", digits: 1, isKey: true },
  p95Ms: { title: "p95 ms", digits: 1, isKey: true },
  p99Ms: { title: "p99 ms", digits: 1, isKey: true },
  viewedP99Ms: { title: "p99 ms, viewed", digits: 1, isKey: false },
  maxMs: { title: "max ms", digits: 1, isKey: false },
  /** The same in the last minute of our own worker, when V8 has optimised its code. */
  laterCores: { title: "cores, last minute", digits: 3, isKey: true },
  laterGearmandCores: { title: "gearmand cores, last minute", digits: 3, isKey: true },
  laterP50Ms: { title: "p50 ms, last minute", digits: 1, isKey: true },
  laterP99Ms: { title: "p99 ms, last minute", digits: 1, isKey: true },
  laterPssMiB: { title: "PSS MiB, last minute", digits: 0, isKey: false },
  /** The jobs answered inside the worker, by a warm interpreter, and by a process that was started. */
  insidePercent: { title: "inside %", digits: 1, isKey: false },
  warmPercent: { title: "warm %", digits: 1, isKey: false },
  startedPercent: { title: "started %", digits: 1, isKey: false },
  /** From the submission of a storm to the last of its results. */
  stormSeconds: { title: "storm s", digits: 1, isKey: true },
  /** How late the event loop of our own worker is. */
  loopP99Ms: { title: "loop p99 ms", digits: 1, isKey: false },
  loopMaxMs: { title: "loop max ms", digits: 1, isKey: false },
  /** From the start of a program to its end, or until it is registered at gearmand. */
  startMs: { title: "start ms", digits: 1, isKey: true },
  startCpuMs: { title: "start CPU ms", digits: 1, isKey: true },
  /** The same of `node -e 0`, and how many times as long the program takes. */
  nodeMs: { title: "node ms", digits: 1, isKey: false },
  nodeCpuMs: { title: "node CPU ms", digits: 1, isKey: false },
  timesNode: { title: "× node", digits: 2, isKey: true },
  timesNodeCpu: { title: "× node CPU", digits: 2, isKey: true },
  /** Voluntary context switches of all threads. */
  wakeUpsPerCheck: { title: "wake-ups/check", digits: 2, isKey: false },
  wakeUpsPerSecond: { title: "wake-ups/s", digits: 1, isKey: true },
  cpuMsPerSecond: { title: "CPU ms/s", digits: 2, isKey: true },
  gearmandMsPerSecond: { title: "gearmand ms/s", digits: 2, isKey: false },
  processes: { title: "processes", digits: 0, isKey: false },
  /** Shared memory counts once. */
  pssMiB: { title: "PSS MiB", digits: 0, isKey: false },
  idlePssMiB: { title: "idle PSS MiB", digits: 0, isKey: false },
  /** The kernel's count, which includes the page cache; only with a cgroup. */
  peakMiB: { title: "peak MiB", digits: 0, isKey: false },
  submitsPerSecond: { title: "submits/s", digits: 0, isKey: false },
  /**
   * The share of the machine's CPU that other programs used meanwhile. It should stay below a few percent.
   */
  otherCpuPercent: { title: "other CPU %", digits: 0, isKey: false },
} as const satisfies Readonly<Record<string, Figure>>;

export type FigureName = keyof typeof FIGURES;
export type Figures = Readonly<Partial<Record<FigureName, number>>>;

export const FIGURE_NAMES = Object.keys(FIGURES) as readonly FigureName[];

export function renderFigure(name: FigureName, value: number): string {
  const { digits } = FIGURES[name];
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
