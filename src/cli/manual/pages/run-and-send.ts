import { RUN_AND_SEND_GROUPS } from "../../../config/tools/run-and-send-table.ts";
import type { Manual } from "../manual.ts";

export const RUN_AND_SEND_MANUAL: Manual = {
  name: "run-and-send",
  usage: ["omd-worker run-and-send [OPTION=VALUE…] -- COMMAND [WORD…]"],
  description: [
    "Runs the command and sends its result to the core as a passive one, also when it times out, is killed or cannot be started. Exit codes 0 to 3 are states, as those of a plugin; all others are CRITICAL. Its output goes to this program's, too.",
    "One word with blanks is a line for /bin/sh. TERM, INT and HUP are passed on, and the result is sent.",
  ],
  table: { kind: "own", groups: RUN_AND_SEND_GROUPS },
  takes: "commands",
  sections: [
    {
      title: "Environment",
      terms: [
        [
          "OMD_WORKER_*",
          "Every option can be set in the environment: --retry-interval is OMD_WORKER_RETRY_INTERVAL. It wins over files, and the command line over both.",
        ],
      ],
    },
  ],
  examples: [
    {
      line: "omd-worker run-and-send --server=gearmand --keyfile=secret.key --host=shop --service=checkout --timeout=300 -- npx playwright test",
    },
    {
      line: "omd-worker run-and-send --config=worker.conf --host=db1 --service=backup --spool=/var/spool/results -- 'pg_dump shop | gzip > shop.gz'",
    },
    {
      line: "OMD_WORKER_SERVER=gearmand OMD_WORKER_HOST=shop OMD_WORKER_SERVICE=login omd-worker run-and-send -- ./login-test",
    },
  ],
  exitCodes: [
    [
      "that of the command",
      "124: it timed out; 126 and 127: it was not started; 128 and the number of a signal",
    ],
    [
      "0, 1, 3",
      "with --exit-code=delivered: a job server took the result; it waits in the spool; it is lost",
    ],
    ["3", "the options are wrong, and the command was not run"],
  ],
};
