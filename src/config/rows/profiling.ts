import { listenAddress } from "../kinds/addresses.ts";
import { path, text } from "../kinds/texts.ts";
import type { ConfigRow } from "../option.ts";

export const PROFILING_ROWS = [
  {
    name: "prometheus_server",
    kind: listenAddress,
    default: undefined,
    help: "Serve metrics for Prometheus at /metrics, and /livez and /readyz for probes, at this address, such as 127.0.0.1:9050 or :9050. See docs/metrics.md.",
    knownBy: ["C worker", "Go worker"],
  },
  {
    name: "debug-profiler",
    kind: text,
    default: undefined,
    help: "Address of the Go worker's profiler.",
    knownBy: ["Go worker"],
  },
  {
    name: "cpuprofile",
    kind: path,
    default: undefined,
    help: "File for the Go worker's CPU profile.",
    knownBy: ["Go worker"],
  },
  {
    name: "memprofile",
    kind: path,
    default: undefined,
    help: "File for the Go worker's memory profile.",
    knownBy: ["Go worker"],
  },
] as const satisfies readonly ConfigRow[];
