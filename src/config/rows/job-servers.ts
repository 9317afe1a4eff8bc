import { strictFlag } from "../kinds/flags.ts";
import { servers } from "../kinds/lists.ts";
import { integer, seconds } from "../kinds/numbers.ts";
import { folder, path, secret } from "../kinds/texts.ts";
import type { ConfigRow } from "../option.ts";

export const JOB_SERVER_ROWS = [
  {
    name: "server",
    kind: servers,
    default: [],
    help: "A gearmand to take jobs from and to send results to. Repeat it or separate several by commas. IPv6 addresses go into brackets; the port is 4730 unless given. Servers in the environment variable GEARMAN_SERVERS are added.",
    knownBy: ["C worker", "Go worker", "core module"],
    sample: "localhost:4730",
    variable: "GEARMAN_SERVERS",
  },
  {
    name: "dupserver",
    kind: servers,
    default: [],
    help: "A second gearmand that gets a copy of every result. No jobs are taken from it.",
    knownBy: ["C worker", "Go worker", "core module"],
  },
  {
    name: "dup_results_are_passive",
    kind: strictFlag,
    default: true,
    help: "Mark the copies for dupserver as passive results.",
    knownBy: ["C worker", "Go worker"],
  },
  {
    name: "dupserver_backlog_queue_size",
    kind: integer({ min: 0 }),
    default: 1000,
    help: "How many results are kept for a dupserver that cannot be reached.",
    knownBy: ["Go worker"],
  },
  {
    name: "result_spool",
    kind: folder,
    default: undefined,
    help: "A folder, for this worker alone, in which results are kept that no job server has taken yet. They are delivered after the next start, also after a crash. It is made with mode 0700 if there is none. docs/reliability.md.",
    knownBy: ["omd-worker"],
  },
  {
    name: "result_spool_max_age",
    kind: seconds(),
    default: 600,
    unit: "seconds",
    help: "Results in result_spool that are older when the worker starts are dropped: the core has given these checks up, and may know newer results. 0: none is too old.",
    knownBy: ["omd-worker"],
  },
  {
    name: "result_spool_max_size",
    kind: integer({ min: 1 }),
    default: 100,
    help: "With result_spool: while so many MiB of results wait, no more jobs are taken. The results of jobs that run then are kept all the same.",
    knownBy: ["omd-worker"],
  },
  {
    name: "gearman_connection_timeout",
    kind: integer({ min: 0 }),
    default: 5000,
    unit: "milliseconds",
    help: "How long connecting to a server and handing over a result may take before the next server is tried. 0 waits for ever.",
    knownBy: ["C worker", "core module"],
  },
  {
    name: "encryption",
    kind: strictFlag,
    default: true,
    help: "Jobs and results are encrypted with the key. Without it everybody who reaches gearmand can run commands on this machine.",
    knownBy: ["C worker", "Go worker", "core module"],
    sample: "yes",
  },
  {
    name: "key",
    aliases: ["password"],
    kind: secret,
    default: undefined,
    help: "The key shared with the core, 8 to 32 bytes. In a file a # ends the line, so a key with # in it belongs into a keyfile.",
    knownBy: ["C worker", "Go worker", "core module"],
  },
  {
    name: "keyfile",
    aliases: ["passwordfile"],
    kind: path,
    default: undefined,
    help: "A file whose first line is the key; white space at its end is ignored. Wins over key.",
    knownBy: ["C worker", "Go worker", "core module"],
    sample: "/etc/mod-gearman/secret.key",
  },
] as const satisfies readonly ConfigRow[];
