import { renderToolOptions } from "../../config/render/help.ts";
import { MULTI_TABLE } from "../../config/tools/multi-table.ts";
import { sendMulti } from "../../tools/multi/send-multi.ts";
import type { CommandResult } from "../command.ts";
import type { Io } from "../io.ts";
import { runTool } from "../tools/run-tool.ts";

const USAGE = `usage: check_multi -f FILE -r 256 | send_multi --host=HOST [--server=HOST[:PORT]]
  Sends a result for each check that check_multi has run. omd-worker send-multi is the same.

Example:
  check_multi -f multi.cmd -r 256 | send_multi --server=localhost --keyfile=secret.key --host=web1

Exit codes: 0 all results were taken by a job server, 2 no input in time, 3 no results, or not taken.
`;

export async function sendMultiCommand(argv: readonly string[], io: Io): Promise<CommandResult> {
  return runTool(argv, io, {
    name: "send_multi",
    table: MULTI_TABLE,
    help: () => `${USAGE}\n${renderToolOptions(MULTI_TABLE.groups)}\n`,
    run: sendMulti,
  });
}
