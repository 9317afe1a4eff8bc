import { MULTI_TABLE } from "../../../config/tools/multi-table.ts";
import { SEND_TABLE } from "../../../config/tools/send-table.ts";
import type { Manual } from "../manual.ts";

export const SEND_MANUAL: Manual = {
  name: "send",
  usage: [
    "send_gearman --server=HOST[:PORT] --host=HOST [--service=SERVICE] --returncode=N --message=TEXT",
    "send_gearman --server=HOST[:PORT] --host=HOST [--service=SERVICE] --returncode=N < OUTPUT",
    "send_gearman --server=HOST[:PORT] [--delimiter=CHARACTERS] < LINES",
  ],
  description: [
    "Sends results of checks to the core, by way of gearmand. omd-worker send is the same.",
    "A line is HOST tab SERVICE tab CODE tab OUTPUT, or HOST tab CODE tab OUTPUT.",
  ],
  table: { kind: "own", groups: SEND_TABLE.groups },
  takes: "nothing",
  examples: [
    {
      line: "send_gearman --server=localhost --keyfile=secret.key --host=web1 --service=backup --returncode=0 --message='OK|t=1'",
    },
    {
      line: "my_backup | send_gearman --server=localhost --keyfile=secret.key --host=web1 --service=backup --returncode=0",
    },
    {
      line: "printf 'web1\\tHTTP\\t0\\tOK\\n' | send_gearman --server=main,spare --keyfile=secret.key --retries=3",
    },
  ],
  exitCodes: [
    ["0", "all results were taken by a job server"],
    ["3", "they were not, or the options are wrong; also after --help and --version, as in the C tool"],
  ],
};

export const SEND_MULTI_MANUAL: Manual = {
  name: "send-multi",
  usage: ["check_multi -f FILE -r 256 | send_multi --host=HOST [--server=HOST[:PORT]]"],
  description: ["Sends a result for each check that check_multi has run. omd-worker send-multi is the same."],
  table: { kind: "own", groups: MULTI_TABLE.groups },
  takes: "nothing",
  examples: [
    {
      line: "check_multi -f multi.cmd -r 256 | send_multi --server=localhost --keyfile=secret.key --host=web1",
    },
  ],
  exitCodes: [
    ["0", "all results were taken by a job server"],
    ["2", "there was no input in time"],
    [
      "3",
      "no results, or not taken, or the options are wrong; also after --help and --version, as in the C tool",
    ],
  ],
};
