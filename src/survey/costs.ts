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
  {
    check: "check_dummy",
    nativeMs: 0.135,
    startedMs: 1.619,
    sources: ["lines/native", "lines/dummy"],
  },
  {
    check: "check_tcp",
    nativeMs: 0.129,
    startedMs: 3.57,
    sources: ["native/tcp", "native/tcp-exec"],
  },
  {
    check: "check_http",
    nativeMs: 0.256,
    startedMs: 3.294,
    sources: ["native/http", "native/http-exec"],
  },
  {
    check: "check_curl",
    nativeMs: 0.26,
    startedMs: 10.728,
    sources: ["native/curl", "native/curl-exec"],
  },
  {
    check: "check_dns",
    nativeMs: 0.326,
    startedMs: 15.743,
    sources: ["native/dns", "native/dns-exec"],
  },
  {
    check: "check_prometheus",
    nativeMs: 0.43,
    startedMs: 8.468,
    sources: ["native/prometheus", "native/prometheus-exec"],
  },
  {
    check: "check_ssh",
    nativeMs: 0.184,
    startedMs: 2.289,
    sources: ["native/ssh", "native/ssh-exec"],
  },
  {
    check: "check_snmp",
    nativeMs: 0.155,
    startedMs: 8.172,
    sources: ["native/snmp-v2c", "native/snmp-v2c-exec"],
  },
  {
    check: "check_icmp",
    nativeMs: 0.142,
    startedMs: 1.984,
    sources: ["native/icmp", "native/icmp-exec"],
  },
  {
    check: "check_by_ssh",
    nativeMs: 5.069,
    startedMs: 120.15,
    sources: ["native/by-ssh", "native/by-ssh-exec"],
  },
  {
    check: "check_nrpe",
    nativeMs: 3.356,
    startedMs: 25.896,
    sources: ["native/nrpe-adh", "native/nrpe-adh-exec"],
  },
  {
    check: "check_nt",
    nativeMs: 0.155,
    startedMs: 2.014,
    sources: ["native/nt", "native/nt-exec"],
  },
  {
    check: "check_nsc_web",
    nativeMs: 1.513,
    startedMs: 7.691,
    sources: ["native/nsc-web", "native/nsc-web-exec"],
  },
  {
    check: "check_pgsql",
    nativeMs: 3.462,
    startedMs: 15.985,
    sources: ["native/pgsql", "native/pgsql-exec"],
  },
  {
    check: "check_mysql_query",
    nativeMs: 0.822,
    startedMs: 4.787,
    sources: ["native/mysql-query", "native/mysql-query-exec"],
  },
  {
    check: "check_smtp",
    nativeMs: 0.254,
    startedMs: 3.834,
    sources: ["native/smtp", "native/smtp-exec"],
  },
  {
    check: "check_load",
    nativeMs: 0.134,
    startedMs: 4.941,
    sources: ["native/load", "native/load-exec"],
  },
  {
    check: "check_users",
    nativeMs: 0.062,
    startedMs: 1.933,
    sources: ["native/users", "native/users-exec"],
  },
  {
    check: "check_swap",
    nativeMs: 0.123,
    startedMs: 1.976,
    sources: ["native/swap", "native/swap-exec"],
  },
  {
    check: "check_disk",
    nativeMs: 0.502,
    startedMs: 2.114,
    sources: ["native/disk", "native/disk-exec"],
  },
  {
    check: "check_procs",
    nativeMs: 0.171,
    startedMs: 10.942,
    sources: ["native/procs", "native/procs-exec"],
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
  perl: { startedMs: 83.505, warmMs: 37.803, sources: ["lines/perl-mp-exec", "lines/perl-mp"] },
  python: { startedMs: 55.233, warmMs: 15.814, sources: ["lines/python-exec", "lines/python"] },
  sh: { startedMs: 1.378, warmMs: undefined, sources: ["lines/sh"] },
  program: { startedMs: 1.619, warmMs: undefined, sources: ["lines/dummy"] },
};

/** A line that a shell reads, with two programs in a pipe. */
export const SHELL_COST = { ms: 3.307, source: "lines/pipe" } as const;

/** A native check without a line of its own is taken for check_http, the dearest of those that ask once. */
export const OTHER_NATIVE = "check_http";

/** When and on what the figures were measured: those of checks, and those of other plugins by their kind. */
export const MEASURED_ON =
  "2026-11-27, Intel(R) Xeon(R) Processor, 2 cores; other plugins 2026-11-26, AMD EPYC, 2 cores";

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
