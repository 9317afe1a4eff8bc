import type { SinkCounts } from "./delivery/influx-sink.ts";
import type { IntakeCounts } from "./distributor.ts";
import type { ServerStatus } from "./intake.ts";

/** How things stand, for Prometheus. */
export interface PerfdataStatus {
  readonly counts: IntakeCounts;
  readonly held: { readonly jobs: number; readonly bytes: number };
  readonly servers: readonly ServerStatus[];
  readonly targets: readonly TargetStatus[];
  readonly pnp: { readonly records: number; readonly files: number; readonly failures: number } | undefined;
}

interface TargetStatus {
  readonly name: string;
  readonly isUp: boolean;
  readonly counts: SinkCounts;
  readonly backlog:
    | { readonly entries: number; readonly bytes: number; readonly oldest: number | undefined }
    | undefined;
}

type Sample = readonly [labels: string, value: number];

export interface PerfdataMetric {
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  readonly samples: (status: PerfdataStatus, now: number) => readonly Sample[];
}

/** Every metric of `omd-worker perfdata`. docs/influxdb.md has them. */
export const PERFDATA_METRICS: readonly PerfdataMetric[] = [
  counter("jobs_taken_total", "jobs taken from job servers", ({ counts }) => one(counts.jobs)),
  counter(
    "jobs_unreadable_total",
    "jobs that could not be read (wrong key, no perfdata) and were failed",
    ({ counts }) => one(counts.unreadable),
  ),
  gauge("jobs_held", "jobs that are taken and not completed", ({ held }) => one(held.jobs)),
  gauge("jobs_held_bytes", "how large they are", ({ held }) => one(held.bytes)),
  counter("records_total", "records in these jobs", ({ counts }) => one(counts.records)),
  counter("records_faulty_total", "lines of jobs that were no records", ({ counts }) => one(counts.faulty)),
  counter("lines_total", "lines made of the records", ({ counts }) => one(counts.items)),
  counter("items_skipped_total", "items of perfdata without a number", ({ counts }) => one(counts.skipped)),
  gauge("server_connected", "1: the job server is connected and answers", ({ servers }) =>
    servers.map(({ server, isConnected, isSilent }) => [
      label("server", server),
      isConnected && !isSilent ? 1 : 0,
    ]),
  ),
  gauge("target_up", "1: the last write to the target went well", ({ targets }) =>
    targets.map(({ name, isUp }) => [label("target", name), isUp ? 1 : 0]),
  ),
  ofTargets("target_lines_written_total", "lines that the target has taken", ({ lines }) => lines),
  ofTargets("target_batches_written_total", "batches that the target has taken", ({ batches }) => batches),
  ofTargets("target_bytes_written_total", "how large they were, packed", ({ bytes }) => bytes),
  ofTargets("target_lines_rejected_total", "lines that the target has refused", ({ rejected }) => rejected),
  ofTargets(
    "target_batches_too_old_total",
    "batches with lines that the target was told too late",
    ({ tooOld }) => tooOld,
  ),
  ofTargets(
    "target_failures_total",
    "writes that did not come about: no answer, an error, no right",
    ({ failures }) => failures,
  ),
  ofTargets("target_batches_spooled_total", "batches that were put into the spool", ({ kept }) => kept),
  gauge("spool_batches", "batches in the spool", ({ targets }) =>
    ofBacklogs(targets, ({ entries }) => entries),
  ),
  gauge("spool_bytes", "how large they are, packed", ({ targets }) =>
    ofBacklogs(targets, ({ bytes }) => bytes),
  ),
  gauge("spool_oldest_seconds", "how long the oldest has been there", ({ targets }, now) =>
    ofBacklogs(targets, ({ oldest }) => (oldest === undefined ? 0 : Math.max(0, (now - oldest) / 1000))),
  ),
  counter("pnp_records_total", "records written for pnp4nagios", ({ pnp }) => (pnp ? one(pnp.records) : [])),
  counter("pnp_files_total", "files of them", ({ pnp }) => (pnp ? one(pnp.files) : [])),
  counter("pnp_failures_total", "files that could not be written", ({ pnp }) =>
    pnp ? one(pnp.failures) : [],
  ),
];

/** In the text format of Prometheus. */
export function renderMetrics(status: PerfdataStatus, now: number): string {
  const own = PERFDATA_METRICS.map((metric) => renderMetric(metric, metric.samples(status, now)));
  return [...own, ...PROCESS_METRICS.map((metric) => renderMetric(metric, metric.samples(status, now)))].join(
    "",
  );
}

/** By the names that Prometheus' own clients have. */
const PROCESS_METRICS: readonly PerfdataMetric[] = [
  {
    name: "process_cpu_seconds_total",
    type: "counter",
    help: "CPU time of the process",
    samples: () => one((process.cpuUsage().user + process.cpuUsage().system) / 1e6),
  },
  {
    name: "process_resident_memory_bytes",
    type: "gauge",
    help: "memory of the process",
    samples: () => one(process.memoryUsage.rss()),
  },
];

function renderMetric({ name, type, help }: PerfdataMetric, samples: readonly Sample[]): string {
  const lines = samples.map(([labels, value]) => `${name}${labels} ${value}\n`);
  return lines.length === 0 ? "" : `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function counter(name: string, help: string, samples: PerfdataMetric["samples"]): PerfdataMetric {
  return { name: `omd_perfdata_${name}`, type: "counter", help, samples };
}

function gauge(name: string, help: string, samples: PerfdataMetric["samples"]): PerfdataMetric {
  return { name: `omd_perfdata_${name}`, type: "gauge", help, samples };
}

function ofTargets(name: string, help: string, value: (counts: SinkCounts) => number): PerfdataMetric {
  return counter(name, help, ({ targets }) =>
    targets.map((target) => [label("target", target.name), value(target.counts)]),
  );
}

function ofBacklogs(
  targets: readonly TargetStatus[],
  value: (backlog: NonNullable<TargetStatus["backlog"]>) => number,
): readonly Sample[] {
  return targets.flatMap(({ name, backlog }): readonly Sample[] =>
    backlog === undefined ? [] : [[label("target", name), value(backlog)]],
  );
}

function one(value: number): readonly Sample[] {
  return [["", value]];
}

function label(name: string, value: string): string {
  return `{${name}="${value.replace(/[\\"]/g, "\\$&")}"}`;
}
