import { path, text } from "../kinds/texts.ts";
import type { ConfigRow } from "../option.ts";

export const PROFILING_ROWS = [
  {
    name: "prometheus_server",
    kind: text,
    default: undefined,
    help: "Address at which the Go worker serves metrics.",
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
