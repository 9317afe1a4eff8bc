import { names } from "../../../src/config/kinds/lists.ts";
import { integer } from "../../../src/config/kinds/numbers.ts";
import { characters, folder, path, text } from "../../../src/config/kinds/texts.ts";
import type { ConfigRow } from "../../../src/config/option.ts";
import { livestatusPlace } from "./livestatus-kind.ts";
import { targets } from "./target-kind.ts";

const BY_US = ["omd-worker"] as const;

/** What is written, and where. */
export const PERFDATA_ROWS = [
  {
    name: "target",
    kind: targets,
    default: [],
    help: "A database to write to: a name, its URL, and words. api=v1 (also when it is not named), v2, v3 or victoriametrics; database= and retention= for v1, database= for v3, org=, bucket= and token_file= for v2; user= with password_file=, or token_file=; ca_file= for https. A record with NAGFLUX:TARGET goes to the target of that name only.",
    knownBy: BY_US,
    sample: "main http://localhost:8086 database=nagflux",
  },
  {
    name: "perfdata_queue",
    kind: names,
    default: ["perfdata"],
    help: "The queues with perfdata, as the core module's option perfdata names them. With perfdata=yes there the queue is perfdata.",
    knownBy: BY_US,
  },
  {
    name: "hostcheck_alias",
    kind: text,
    default: "hostcheck",
    help: "The tag service of the values of hosts themselves.",
    knownBy: BY_US,
  },
  {
    name: "stage_tag",
    kind: text,
    default: undefined,
    help: "Written as the tag stage of each line, as stage=prod, for one database of several stages. It makes other series, so leave it out where dashboards of nagflux are to go on: without it the lines are those of nagflux.",
    knownBy: BY_US,
  },
  {
    name: "after_backslash",
    kind: characters,
    default: "_",
    help: "Put behind a name that ends in a backslash, such as C:\\, which InfluxDB does not take. It is nagflux's NastyStringToReplace.",
    knownBy: BY_US,
  },
  {
    name: "livestatus",
    kind: livestatusPlace,
    default: undefined,
    help: "The core's livestatus. Its comments, acknowledgements and downtimes are written into InfluxDB as annotations (measurement messages), as nagflux does. Without it there are none.",
    knownBy: BY_US,
    sample: "/omd/sites/prod/tmp/run/live",
  },
  {
    name: "livestatus_interval",
    kind: integer({ min: 1, max: 3600 }),
    default: 60,
    unit: "seconds",
    help: "How often livestatus is asked.",
    knownBy: BY_US,
  },
  {
    name: "pnp_spool",
    kind: folder,
    default: undefined,
    help: "A folder in which records are also written as files, unchanged, for the worker of pnp4nagios. It may be given without a target.",
    knownBy: BY_US,
  },
] as const satisfies readonly ConfigRow[];

/** How much is written at once, and what is kept meanwhile. */
export const DELIVERY_ROWS = [
  {
    name: "batch_lines",
    kind: integer({ min: 1, max: 100_000 }),
    default: 5000,
    help: "So many lines make a batch. It is written when it has them.",
    knownBy: BY_US,
  },
  {
    name: "batch_size",
    kind: integer({ min: 1, max: 16_384 }),
    default: 2048,
    help: "So many KiB make a batch, before they are packed.",
    knownBy: BY_US,
  },
  {
    name: "batch_age",
    kind: integer({ min: 10, max: 60_000 }),
    default: 1000,
    unit: "milliseconds",
    help: "A batch is written after this time, however small it is.",
    knownBy: BY_US,
  },
  {
    name: "jobs_at_once",
    kind: integer({ min: 1, max: 1_000_000 }),
    default: 20_000,
    help: "How many jobs are taken whose lines are neither written nor in the spool. Further jobs stay in gearmand.",
    knownBy: BY_US,
  },
  {
    name: "memory_size",
    kind: integer({ min: 1 }),
    default: 64,
    help: "The same in MiB of jobs.",
    knownBy: BY_US,
  },
  {
    name: "spool",
    kind: folder,
    default: undefined,
    help: "A folder, for this program alone, in which batches are kept that a target does not take. It is made with mode 0700 if there is none. Without it their jobs stay in gearmand.",
    knownBy: BY_US,
  },
  {
    name: "spool_max_size",
    kind: integer({ min: 1 }),
    default: 1024,
    help: "How many MiB of batches are kept for each target. When they are full, no more jobs are taken.",
    knownBy: BY_US,
  },
  {
    name: "rejected_file",
    kind: path,
    default: undefined,
    defaultText: "rejected.lines in the spool",
    help: "A file for lines that a database has refused, each with the reason. At 16 MiB it is renamed to FILE.1, and the one before is dropped.",
    knownBy: BY_US,
  },
  {
    name: "write_timeout",
    kind: integer({ min: 1, max: 3600 }),
    default: 30,
    unit: "seconds",
    help: "How long a target may take to answer.",
    knownBy: BY_US,
  },
] as const satisfies readonly ConfigRow[];
