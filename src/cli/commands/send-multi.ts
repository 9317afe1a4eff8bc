import { MULTI_TABLE } from "../../config/tools/multi-table.ts";
import { sendMulti } from "../../tools/multi/send-multi.ts";
import type { CommandResult } from "../command.ts";
import type { Io } from "../io.ts";
import { runTool } from "../tools/run-tool.ts";

export async function sendMultiCommand(argv: readonly string[], io: Io): Promise<CommandResult> {
  return runTool(argv, io, {
    name: "send_multi",
    table: MULTI_TABLE,
    run: sendMulti,
  });
}
