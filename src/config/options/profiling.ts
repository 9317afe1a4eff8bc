import type { WorkerOption } from "../option.ts";
import { path, text } from "../readers.ts";

const GO_ONLY = "it inspects the Go worker's runtime";

export const PROFILING_OPTIONS = [
  {
    name: "prometheus_server",
    kind: text,
    default: undefined,
    help: "Address at which the Go worker serves metrics.",
    knownBy: ["C worker", "Go worker"],
    effect: "none",
    why: "this version serves no metrics",
  },
  {
    name: "debug-profiler",
    kind: text,
    default: undefined,
    help: "Address of the Go worker's profiler.",
    knownBy: ["Go worker"],
    effect: "none",
    why: GO_ONLY,
  },
  {
    name: "cpuprofile",
    kind: path,
    default: undefined,
    help: "File for the Go worker's CPU profile.",
    knownBy: ["Go worker"],
    effect: "none",
    why: GO_ONLY,
  },
  {
    name: "memprofile",
    kind: path,
    default: undefined,
    help: "File for the Go worker's memory profile.",
    knownBy: ["Go worker"],
    effect: "none",
    why: GO_ONLY,
  },
] as const satisfies readonly WorkerOption[];
