import { CHECK_LETTERS } from "../../../tools/check/options.ts";
import { TOP_LETTERS } from "../../../tools/top/options.ts";
import type { Manual } from "../manual.ts";

export const CHECK_GEARMAN_MANUAL: Manual = {
  name: "check-gearman",
  usage: [
    "check_gearman -H HOST[:PORT] [-q QUEUE] [-w JOBS] [-c JOBS] [-W WORKERS] [-C WORKERS] [-x]",
    "check_gearman -H HOST[:PORT] -q QUEUE -s TEXT [-e TEXT] [-a]",
    "check_gearman -H HOST[:PORT] -q QUEUE --keyfile FILE",
  ],
  description: [
    "The queues of a job server, a worker that answers, or whether workers have the right key. omd-worker check-gearman is the same.",
  ],
  options: CHECK_LETTERS,
  takes: "nothing",
  examples: [
    { line: "check_gearman -H localhost --exclude-queue 'worker_*'" },
    { line: "check_gearman -H localhost -q perfdata -x" },
    { line: "check_gearman -H localhost -q worker_$(hostname) -s check" },
    { line: "check_gearman -H localhost -q check_results -s check" },
    { line: "check_gearman -H localhost -q service --keyfile /etc/mod-gearman/secret.key" },
  ],
  exitCodes: [
    ["0", "OK"],
    ["1", "WARNING"],
    ["2", "CRITICAL, also if the server does not answer"],
    [
      "3",
      "UNKNOWN: the options are wrong; also after --help and --version, as in the C tool. Of several queues the worst state counts. An answer to -s that begins with a digit and a colon brings its exit code along.",
    ],
  ],
};

export const TOP_MANUAL: Manual = {
  name: "top",
  usage: ["gearman_top [-H HOST[:PORT]]… [-i SECONDS] [-q] [-b]"],
  description: [
    "The queues of job servers: their workers, waiting and running jobs. omd-worker top is the same.",
    "CHANGE/S is by how many jobs a queue grew in a second. Without a terminal the tables are printed, as with -b.",
    "Without -H the server is CONFIG_GEARMAND_PORT of the environment (host:port, or a port of this machine), else localhost.",
  ],
  options: TOP_LETTERS,
  takes: "nothing",
  sections: [
    {
      title: "Keys",
      terms: [
        ["q, Esc, Ctrl-C", "quits"],
        ["← →, s", "choose the column to sort by"],
        ["r", "reverses the order"],
        ["/", "filters by name: type a part of it, Enter keeps it, Esc drops it"],
        ["i", "hides or shows queues that have neither workers nor jobs"],
        ["↑ ↓ PgUp PgDn Home End, j k", "scroll"],
      ],
    },
    {
      title: "Environment",
      terms: [
        ["CONFIG_GEARMAND_PORT", "the server without -H"],
        ["NO_COLOR", "turns colours off"],
      ],
    },
  ],
  examples: [
    { line: "gearman_top", does: "on a terminal, until q" },
    { line: "gearman_top -H main -H spare:4731 -i 5 -q" },
    { line: "gearman_top -b -H main | grep hostgroup_" },
  ],
  exitCodes: [["0", "always, as that of the C tool"]],
};
