/** CPU time of one check in milliseconds, each of a published line of the benchmarks. */
export interface CheckCost {
  readonly check: string;
  readonly nativeMs: number;
  readonly startedMs: number;
  /** Of `bench/results/FILE.json`: `FILE/LINE`, native and started. */
  readonly sources: readonly [native: string, started: string];
}

/** What was measured, check by check. This worker has started the plugins, which it does cheaply. */
export const CHECK_COSTS: readonly CheckCost[] = [
  { check: "check_dummy", nativeMs: 0.053, startedMs: 0.978, sources: ["lines/native", "lines/dummy"] },
  { check: "check_tcp", nativeMs: 0.163, startedMs: 2.773, sources: ["native/tcp", "native/tcp-exec"] },
  { check: "check_http", nativeMs: 0.257, startedMs: 2.932, sources: ["native/http", "native/http-exec"] },
  { check: "check_ssh", nativeMs: 0.181, startedMs: 1.57, sources: ["native/ssh", "native/ssh-exec"] },
  {
    check: "check_snmp",
    nativeMs: 0.14,
    startedMs: 7.591,
    sources: ["native/snmp-v2c", "native/snmp-v2c-exec"],
  },
  { check: "check_icmp", nativeMs: 0.1, startedMs: 1.208, sources: ["native/icmp", "native/icmp-exec"] },
  {
    check: "check_by_ssh",
    nativeMs: 0.475,
    startedMs: 89.462,
    sources: ["native/by-ssh", "native/by-ssh-exec"],
  },
];

/** What a file is, as far as its start costs. */
export type StartKind = "perl" | "python" | "sh" | "program";

export interface StartCost {
  readonly startedMs: number;
  /** In a warm interpreter. Undefined: there is none for this kind. */
  readonly warmMs: number | undefined;
  readonly sources: readonly string[];
}

/** Of any other plugin, by what its file is. Its own work is not known, so this is the least it costs. */
export const START_COSTS: Readonly<Record<StartKind, StartCost>> = {
  perl: { startedMs: 36.726, warmMs: 3.469, sources: ["lines/perl-mp-exec", "lines/perl-mp"] },
  python: { startedMs: 25.301, warmMs: 4.231, sources: ["lines/python-exec", "lines/python"] },
  sh: { startedMs: 0.785, warmMs: undefined, sources: ["lines/sh"] },
  program: { startedMs: 0.978, warmMs: undefined, sources: ["lines/dummy"] },
};

/** A line that a shell reads, with two programs in a pipe. */
export const SHELL_COST = { ms: 1.758, source: "lines/pipe" } as const;

/** A native check without a line of its own is taken for check_http, the dearest of those that ask once. */
export const OTHER_NATIVE = "check_http";

/** When and on what the figures were measured. */
export const MEASURED_ON = "2026-11-23, AMD EPYC, 2 cores";

/** What one check costs now, when it is started, and then, on the way that the worker would go. */
export interface Cost {
  readonly nowMs: number;
  readonly thenMs: number;
  /** False: it is that of another check, or the least that a start costs. */
  readonly isMeasured: boolean;
}

export type CostQuestion =
  | { readonly via: "native"; readonly check: string }
  | { readonly via: "warm"; readonly kind: StartKind }
  | { readonly via: "plugin" | "refuse"; readonly check: string; readonly kind: StartKind }
  | { readonly via: "shell" };

export function costOf(asked: CostQuestion): Cost {
  switch (asked.via) {
    case "native": {
      const { nativeMs, startedMs } = findCost(asked.check) ?? findCost(OTHER_NATIVE) ?? NO_COST;
      return { nowMs: startedMs, thenMs: nativeMs, isMeasured: findCost(asked.check) !== undefined };
    }
    case "warm": {
      const { startedMs, warmMs } = START_COSTS[asked.kind];
      return { nowMs: startedMs, thenMs: warmMs ?? startedMs, isMeasured: false };
    }
    case "plugin": {
      const nowMs = startCost(asked);
      return { nowMs, thenMs: nowMs, isMeasured: findCost(asked.check) !== undefined };
    }
    case "refuse":
      return { nowMs: startCost(asked), thenMs: 0, isMeasured: findCost(asked.check) !== undefined };
    case "shell":
      return { nowMs: SHELL_COST.ms, thenMs: SHELL_COST.ms, isMeasured: false };
  }
}

const NO_COST = { nativeMs: 0, startedMs: 0 };

function findCost(name: string): CheckCost | undefined {
  return CHECK_COSTS.find(({ check }) => check === name);
}

function startCost({ check, kind }: { readonly check: string; readonly kind: StartKind }): number {
  return findCost(check)?.startedMs ?? START_COSTS[kind].startedMs;
}
