import { PERFDATA_GROUPS } from "../../../../integrations/influxdb/options/table.ts";
import type { Manual } from "../manual.ts";

export const PERFDATA_MANUAL: Manual = {
  name: "perfdata",
  usage: [
    "omd-worker perfdata [OPTION=VALUE…]",
    "omd-worker perfdata --check-config [OPTION=VALUE…]",
    "omd-worker perfdata --lines < RECORDS",
  ],
  description: [
    "Takes the records that the core's module puts into gearmand's queue perfdata, and writes their values into InfluxDB, in the lines of nagflux: dashboards made for it go on. It is a program of its own beside the worker.",
    "A job is completed when the database has its lines, or the spool. While a database does not take lines, they go to the spool; when that is full, jobs stay in gearmand. TERM and INT end it when all that it has is written or kept; HUP opens the log file anew.",
  ],
  options: [
    { name: "check-config", help: "says whether the configuration can be used, and ends" },
    { name: "lines", help: "reads records of standard input, and prints the lines that would be written" },
  ],
  table: { kind: "own", groups: PERFDATA_GROUPS },
  takes: "nothing",
  sections: [
    {
      title: "Environment",
      terms: [
        [
          "OMD_WORKER_*",
          "Every option can be set in the environment: --batch-age is OMD_WORKER_BATCH_AGE. It wins over files, and the command line over both. A value with several lines is several targets.",
        ],
      ],
    },
  ],
  examples: [
    {
      line: "omd-worker perfdata --config=/etc/omd-worker/perfdata.conf",
    },
    {
      line: "omd-worker perfdata --server=gearmand --keyfile=secret.key --target='main http://influxdb:8086 database=nagflux' --spool=/var/spool/omd-perfdata",
    },
    { line: "omd-worker perfdata --lines < service-perfdata.out" },
  ],
  exitCodes: [
    ["0", "it was ended, and all that it had is written or kept"],
    ["1", "the options are wrong, the spool cannot be used, or jobs were left to gearmand at the end"],
  ],
};
