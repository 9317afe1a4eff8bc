import { readMacros } from "../../../integrations/zulip/notify/read-macros.ts";
import { keepNotice } from "../../../integrations/zulip/programs/keep-notice.ts";
import { SPOOL_TABLE } from "../../../integrations/zulip/settings/table.ts";
import { renderProblem } from "../../config/problem.ts";
import { COMMAND_LINE } from "../../config/read/arguments.ts";
import { type CommandResult, unknownWord } from "../command.ts";
import type { Io } from "../io.ts";
import { loadOptions } from "../zulip/load-options.ts";

const NOT_KEPT = 2;
const WRONG_CALL = 3;

/**
 * What a core's notification command calls: keeps the notification for the notifier, and ends.
 * Exit codes: 0 it is kept (or sent, with --now), 1 it waits in the spool as it could not be sent, 2 it is
 * lost, 3 the call or the configuration is wrong.
 */
export async function notifyCommand([word, ...words]: readonly string[], io: Io): Promise<CommandResult> {
  if (word !== "zulip") return unknownWord(word, ["zulip"]);
  const { macros, others } = readMacros(words, io.env);
  const isNow = others.includes("--now");
  const options = others.filter((one) => one !== "--now");
  const loaded = loadOptions(SPOOL_TABLE, options, io);
  if (typeof loaded === "string") {
    io.stderr(`${loaded}\n`);
    return WRONG_CALL;
  }
  // What is wrong with the files is told by zulip-notifier, not with every notification.
  for (const warning of loaded.warnings)
    if (warning.file === COMMAND_LINE.file) io.stderr(`${renderProblem(warning)}\n`);
  if (isNow) {
    const { notifyNow } = await import("../zulip/notify-now.ts");
    const failure = await notifyNow(macros, options, io);
    if (failure === undefined) return 0;
    io.stderr(`${failure}\n`);
  }
  const reason = await keepNotice(macros, loaded.config);
  if (reason === undefined) return isNow ? 1 : 0;
  io.stderr(`the notification is not kept: ${reason}\n`);
  return NOT_KEPT;
}
