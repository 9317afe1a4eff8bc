import { SEND_TABLE } from "../../config/tools/send-table.ts";
import { sendGearman } from "../../tools/send/send-gearman.ts";
import type { CommandResult } from "../command.ts";
import type { Io } from "../io.ts";
import { runTool } from "../tools/run-tool.ts";

export async function sendCommand(argv: readonly string[], io: Io): Promise<CommandResult> {
  return runTool(argv, io, {
    name: "send_gearman",
    table: SEND_TABLE,
    run: sendGearman,
  });
}
