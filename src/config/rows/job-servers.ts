import { strictFlag } from "../kinds/flags.ts";
import { servers } from "../kinds/lists.ts";
import { integer } from "../kinds/numbers.ts";
import { path, secret } from "../kinds/texts.ts";
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
    name: "gearman_connection_timeout",
    kind: integer({ min: 0 }),
    default: 5000,
    unit: "milliseconds",
    help: "How long connecting to a server and handing over a result may take before the next server is tried. 0 waits for ever.",
    knownBy: ["C worker", "core module"],
  },
  {
    name: "grab_interval",
    kind: integer({ min: 0, max: 1000 }),
    default: 30,
    unit: "milliseconds",
    help: "Jobs that come in a steady flow are taken in groups, so long apart, as each wake-up costs more than a small job. The first job after a pause is taken at once, and so is everything while more jobs wait than were taken. 0 takes each job when it comes.",
    knownBy: ["omd-worker"],
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
