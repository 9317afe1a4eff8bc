import type { WorkerOption } from "../option.ts";
import { flag, path, text } from "../readers.ts";

const NO_PERL = "Perl plugins are started like all others";
const GO_ONLY = "it inspects the Go worker's runtime";

export const PERL_AND_PROFILING_OPTIONS = [
  {
    name: "enable_embedded_perl",
    kind: flag,
    default: true,
    help: "Run Perl plugins in an interpreter that is kept.",
    knownBy: ["C worker", "Go worker"],
    effect: "none",
    why: NO_PERL,
  },
  {
    name: "use_embedded_perl_implicitly",
    kind: flag,
    default: false,
    help: "Also for plugins that do not ask for it.",
    knownBy: ["C worker", "Go worker"],
    effect: "none",
    why: NO_PERL,
  },
  {
    name: "use_perl_cache",
    kind: flag,
    default: true,
    help: "Keep compiled Perl plugins.",
    knownBy: ["C worker", "Go worker"],
    effect: "none",
    why: NO_PERL,
  },
  {
    name: "p1_file",
    kind: path,
    default: undefined,
    help: "The Perl script that runs the plugins.",
    knownBy: ["C worker", "Go worker"],
    effect: "none",
    why: NO_PERL,
  },
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
