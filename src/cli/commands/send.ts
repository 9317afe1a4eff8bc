import { renderToolOptions } from "../../config/render/help.ts";
import { SEND_TABLE } from "../../config/tools/send-table.ts";
import { sendGearman } from "../../tools/send/send-gearman.ts";
import type { CommandResult } from "../command.ts";
import type { Io } from "../io.ts";
import { runTool } from "../tools/run-tool.ts";

const USAGE = `usage: send_gearman --server=HOST[:PORT] --host=HOST [--service=SERVICE] --returncode=N --message=TEXT
       send_gearman --server=HOST[:PORT] --host=HOST [--service=SERVICE] --returncode=N < OUTPUT
       send_gearman --server=HOST[:PORT] [--delimiter=CHARACTERS] < LINES
  Sends results of checks to the core, by way of gearmand. omd-worker send is the same.
  A line is HOST tab SERVICE tab CODE tab OUTPUT, or HOST tab CODE tab OUTPUT.

Examples:
  send_gearman --server=localhost --keyfile=secret.key --host=web1 --service=backup --returncode=0 --message='OK|t=1'
  my_backup | send_gearman --server=localhost --keyfile=secret.key --host=web1 --service=backup --returncode=0
  printf 'web1\\tHTTP\\t0\\tOK\\n' | send_gearman --server=main,spare --keyfile=secret.key --retries=3

Exit codes: 0 all results were taken by a job server, 3 not (or the options are wrong).
`;

export async function sendCommand(argv: readonly string[], io: Io): Promise<CommandResult> {
  return runTool(argv, io, {
    name: "send_gearman",
    table: SEND_TABLE,
    help: () => `${USAGE}\n${renderToolOptions(SEND_TABLE.groups)}\n`,
    run: sendGearman,
  });
}
