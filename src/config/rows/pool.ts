import { flag } from "../kinds/flags.ts";
import { decimal, integer, seconds } from "../kinds/numbers.ts";
import { queueLimits } from "../kinds/queue-limits.ts";
import type { ConfigRow } from "../option.ts";

const LIMIT =
  "While the load average is at or above it, no more jobs than now are run at once. 0 is no limit.";

export const POOL_ROWS = [
  {
    name: "min-worker",
    kind: integer({ min: 1 }),
    default: 1,
    help: "How many slots for jobs are always ready. If it is more than max-worker, max-worker counts.",
    knownBy: ["C worker", "Go worker"],
  },
  {
    name: "max-worker",
    kind: integer({ min: 1 }),
    default: 20,
    help: "How many jobs run at once at most. Lowered, with a warning, where the process may not open enough files (ulimit -n): (max-worker * 5 + 50) * 1.2.",
    knownBy: ["C worker", "Go worker"],
  },
  {
    name: "queue_max_worker",
    kind: queueLimits,
    default: [],
    help: "How many jobs of a queue run at once at most: QUEUE:NUMBER, with the name that gearmand_top shows (host, service, eventhandler, notification, hostgroup_NAME, servicegroup_NAME). While a queue is at its limit, its other jobs stay in gearmand for other workers.",
    knownBy: ["omd-worker"],
  },
  {
    name: "idle-timeout",
    kind: seconds({ below: 10 }),
    default: 10,
    unit: "seconds",
    help: "A slot beyond min-worker that had no job for so long is closed. 0 keeps it.",
    knownBy: ["C worker", "Go worker"],
  },
  {
    name: "spawn-rate",
    kind: integer({ below: 1 }),
    default: 1,
    unit: "per second",
    help: "How many slots are added while jobs are waiting.",
    knownBy: ["C worker", "Go worker"],
  },
  {
    name: "load_limit1",
    kind: decimal(),
    default: 0,
    help: `Limit for the load of the last minute. ${LIMIT}`,
    knownBy: ["C worker", "Go worker"],
  },
  {
    name: "load_limit5",
    kind: decimal(),
    default: 0,
    help: `Limit for the load of the last 5 minutes. ${LIMIT}`,
    knownBy: ["C worker", "Go worker"],
  },
  {
    name: "load_limit15",
    kind: decimal(),
    default: 0,
    help: `Limit for the load of the last 15 minutes. ${LIMIT}`,
    knownBy: ["C worker", "Go worker"],
  },
  {
    name: "load_cpu_multi",
    kind: decimal(),
    default: 0,
    help: "Load limits that are not set become this many times the number of CPUs. 0 leaves them off, as in the C worker; the Go worker has 2.5.",
    knownBy: ["Go worker"],
  },
  {
    name: "mem_limit",
    kind: decimal({ max: 100 }),
    default: 0,
    unit: "percent",
    help: "While that much memory is in use, no more jobs than now are run at once. 0 is no limit, as in the C worker; the Go worker has 70.",
    knownBy: ["Go worker"],
  },
  {
    name: "max-jobs",
    kind: integer({ below: 1000 }),
    default: 1000,
    help: "After so many jobs a process of the C worker is replaced.",
    knownBy: ["C worker", "Go worker"],
  },
  {
    name: "sink-rate",
    kind: integer(),
    default: 1,
    unit: "per second",
    help: "How many idle slots the Go worker closes.",
    knownBy: ["C worker", "Go worker"],
  },
  {
    name: "backgrounding-threshold",
    kind: seconds(),
    default: 30,
    unit: "seconds",
    help: "The Go worker lets longer checks go on outside of its slots.",
    knownBy: ["C worker", "Go worker"],
  },
  {
    name: "num-result-worker",
    kind: integer(),
    default: 0,
    help: "How many connections send results in the Go worker.",
    knownBy: ["Go worker"],
  },
  {
    name: "fork_on_exec",
    kind: flag,
    default: false,
    help: "The C worker forks once more for every plugin.",
    knownBy: ["C worker", "Go worker"],
  },
] as const satisfies readonly ConfigRow[];
